package dev.pargo.evaluation.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** A plain HTTP client, so that tests see the unchanged response. */
final class GatewayClient {

    private static final String CHAT = "/v1/chat/completions";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;

    GatewayClient(URI url) {
        this.url = url;
    }

    Reply complete(JsonNode body) {
        return post(body.toString());
    }

    CompletableFuture<Reply> completeLater(JsonNode body) {
        return http.sendAsync(chat(body.toString()), HttpResponse.BodyHandlers.ofString())
                .thenApply(GatewayClient::reply);
    }

    Reply post(String body) {
        return send(chat(body));
    }

    Reply get(String path) {
        return send(request(path).GET().build());
    }

    Reply send(HttpRequest request) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(GatewayClient::reply)
                .join();
    }

    /**
     * The body, read as it arrives, up to the last byte before a connection breaks; {@link HttpClient} loses some. Closing it
     * closes the connection.
     */
    InputStream stream(JsonNode body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) url.resolve(CHAT).toURL().openConnection();
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.toString().getBytes(UTF_8));
        return new FilterInputStream(connection.getInputStream()) {
            @Override
            public void close() {
                connection.disconnect();
            }
        };
    }

    /** An answer whose body is still to come. Closing the body closes the connection. */
    HttpResponse<InputStream> begin(HttpRequest request) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .join();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT);
    }

    private HttpRequest chat(String body) {
        return request(CHAT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static Reply reply(HttpResponse<String> response) {
        return new Reply(response.statusCode(), response.headers(), response.body());
    }
}

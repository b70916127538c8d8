package dev.pargo.evaluation.acceptance;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** A plain HTTP client, so that tests see the unchanged response. */
final class GatewayClient {

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

    /** The body, read as it arrives. Closing it closes the connection. */
    HttpResponse<InputStream> stream(JsonNode body) {
        return http.sendAsync(chat(body.toString()), HttpResponse.BodyHandlers.ofInputStream())
                .join();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT);
    }

    private HttpRequest chat(String body) {
        return request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static Reply reply(HttpResponse<String> response) {
        return new Reply(response.statusCode(), response.headers(), response.body());
    }
}

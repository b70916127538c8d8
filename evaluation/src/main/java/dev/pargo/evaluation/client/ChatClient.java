package dev.pargo.evaluation.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to an OpenAI-compatible endpoint. Thread-safe. */
public final class ChatClient {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final Duration timeout;

    /**
     * @param base    address of the endpoint without {@code /v1}
     * @param timeout of a whole answer
     */
    public ChatClient(URI base, Duration timeout) {
        this.base = base.toString().replaceFirst("/+$", "") + "/v1/";
        this.timeout = timeout;
    }

    /**
     * Asks for a whole answer.
     *
     * @throws ChatException if the endpoint refuses; its message is the endpoint's
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public JsonNode complete(ChatQuestion question) throws IOException {
        return send(request("chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(question.toJson()))));
    }

    /**
     * Names of the models that the endpoint serves.
     *
     * @throws ChatException if the endpoint refuses; its message is the endpoint's
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public List<String> models() throws IOException {
        return send(request("models").GET())
                .path("data")
                .valueStream()
                .map(model -> model.path("id").asString())
                .toList();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode body = JSON.readTree(response.body());
            if (response.statusCode() != 200) {
                throw new ChatException(
                        response.statusCode(), body.at("/error/message").asString("no message"));
            }
            return body;
        } catch (JacksonException e) {
            throw new IOException(base + " did not answer in JSON", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}

package dev.pargo.evaluation.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Talks to an OpenAI-compatible endpoint. Thread-safe; every call blocks its thread. */
public final class ChatClient {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final @Nullable String apiKey;
    private final Duration timeout;

    /**
     * @param base    address of the endpoint, with or without {@code /v1}
     * @param apiKey  sent as a bearer token, or null
     * @param timeout longest time until an answer begins, or until a whole answer if it is not streamed
     */
    public ChatClient(URI base, @Nullable String apiKey, Duration timeout) {
        this.base = base.toString().replaceFirst("/+$", "").replaceFirst("/v1$", "");
        this.apiKey = apiKey;
        this.timeout = timeout;
    }

    /** Address of the endpoint, without {@code /v1}. */
    public String base() {
        return base;
    }

    /**
     * The models that the endpoint serves.
     *
     * @throws ChatException if the endpoint refuses
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public List<ModelCard> models() throws IOException {
        return json(request("models").GET())
                .path("data")
                .valueStream()
                .map(ModelCard::of)
                .toList();
    }

    /**
     * Asks for a whole answer.
     *
     * @throws ChatException if the endpoint refuses
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public ChatAnswer complete(ChatRequest question) throws IOException {
        return ChatAnswer.of(json(post(question.toJson())));
    }

    /**
     * Asks for a streamed answer with usage, and passes on its events as they arrive.
     *
     * @throws ChatException if the endpoint refuses, or breaks off with an error
     * @throws IOException   if it cannot be reached, does not begin in time, or breaks off
     */
    public void stream(ChatRequest question, Consumer<ChatChunk> listener) throws IOException {
        ObjectNode body = question.toJson().put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        HttpResponse<InputStream> response = send(post(body), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            if (response.statusCode() != 200) {
                throw refusal(response, JSON.readTree(lines));
            }
            for (String data = data(lines); !data.equals(DONE); data = data(lines)) {
                JsonNode event = JSON.readTree(data);
                if (event.has("error")) {
                    throw refusal(response, event);
                }
                listener.accept(ChatChunk.of(event));
            }
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    private String data(BufferedReader lines) throws IOException {
        for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                return line.substring(DATA.length()).strip();
            }
        }
        throw new IOException("the stream from %s broke off".formatted(base));
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException {
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            JsonNode body = JSON.readTree(response.body());
            if (response.statusCode() != 200) {
                throw refusal(response, body);
            }
            return body;
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    private HttpRequest.Builder post(JsonNode body) {
        return request("chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + "/v1/" + path)).timeout(timeout);
        return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return http.send(request.build(), handler);
        } catch (ConnectException e) {
            throw new ConnectException("cannot connect to %s; ./pargo up starts a stack".formatted(base));
        } catch (HttpTimeoutException e) {
            throw new HttpTimeoutException("no answer from %s within %d s".formatted(base, timeout.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private IOException notJson(JacksonException cause) {
        return new IOException("%s does not answer in JSON".formatted(base), cause);
    }

    private static ChatException refusal(HttpResponse<?> response, JsonNode body) {
        @Nullable
        Duration retryAfter = response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(null);
        String message =
                body.at("/error/message").asString("the endpoint refused with status " + response.statusCode());
        return new ChatException(response.statusCode(), message, retryAfter);
    }
}

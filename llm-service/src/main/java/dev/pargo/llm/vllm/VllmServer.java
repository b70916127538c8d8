package dev.pargo.llm.vllm;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The calls to a vLLM server. Each has a deadline. Thread-safe. */
final class VllmServer {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration START_PERIOD = Duration.ofMillis(500);
    private static final int MOST_BYTES = 8 << 20;

    static {
        // The server closes connections that were idle for 5 s. A request must not meet one that is being closed.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", "3");
        }
    }

    private final URI address;
    private final @Nullable String model;
    private final @Nullable String apiKey;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /** @throws IllegalArgumentException if the address is not one */
    VllmServer(VllmProperties properties) {
        this.address = properties.address();
        this.model = blank(properties.model()) ? null : properties.model();
        this.apiKey = blank(properties.apiKey()) ? null : properties.apiKey();
    }

    private static boolean blank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    URI address() {
        return address;
    }

    /** Waits until it works. */
    void awaitHealth(Duration most) throws VllmException {
        long limit = System.nanoTime() + most.toNanos();
        while (true) {
            try {
                requireHealth();
                return;
            } catch (VllmException notThereYet) {
                if (System.nanoTime() > limit || Thread.currentThread().isInterrupted()) {
                    throw notThereYet;
                }
            }
            LockSupport.parkNanos(START_PERIOD.toNanos());
        }
    }

    /** Asks for the model that it serves. */
    ServedModel model() throws VllmException {
        return ServedModel.of(json(get("v1/models")), model);
    }

    String version() throws VllmException {
        return json(get("version")).path("version").asString("");
    }

    /** Whether its engines work. */
    void requireHealth() throws VllmException {
        get("health");
    }

    VllmLoad load() throws VllmException {
        return VllmLoad.of(get("metrics"));
    }

    /**
     * Sends a request for an answer. To cancel the result closes the connection, so that the server stops.
     *
     * @param timeout until the answer begins
     * @param answer  receives the answer as it arrives
     */
    CompletableFuture<HttpResponse<Void>> complete(
            BodyPublisher body, Duration timeout, HttpResponse.BodyHandler<Void> answer) {
        HttpRequest request = request("v1/completions", timeout)
                .header("Content-Type", "application/json")
                .POST(body)
                .build();
        return client.sendAsync(request, answer);
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(timeout);
        return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
    }

    private String get(String path) throws VllmException {
        CompletableFuture<HttpResponse<InputStream>> call =
                client.sendAsync(request(path, LOOK_TIMEOUT).build(), BodyHandlers.ofInputStream());
        try (InputStream body =
                call.get(LOOK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).body()) {
            byte[] bytes = body.readNBytes(MOST_BYTES);
            int status = call.join().statusCode();
            if (status != 200) {
                throw new VllmException("/%s is answered with status %d".formatted(path, status));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (InterruptedException closing) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new VllmException("interrupted");
        } catch (TimeoutException silent) {
            call.cancel(true);
            throw new VllmException("no answer within %d s".formatted(LOOK_TIMEOUT.toSeconds()));
        } catch (ExecutionException | IOException lost) {
            throw new VllmException(reason(lost));
        }
    }

    /** Why a call failed, in words. Java's exceptions have no message if nobody listens at an address. */
    static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause.getMessage() != null) {
            return cause.getMessage();
        }
        return cause instanceof ConnectException
                ? "no connection"
                : cause.getClass().getSimpleName();
    }

    private static JsonNode json(String text) throws VllmException {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException malformed) {
            throw new VllmException("it answers something that is not JSON");
        }
    }
}

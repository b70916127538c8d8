package dev.pargo.evaluation.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that asks an endpoint. */
public final class EndpointOptions {

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:${env:PARGO_GATEWAY_PORT:-8080}",
            description = "Address of the endpoint; default: ${DEFAULT-VALUE}.")
    private URI url;

    @Option(
            names = "--api-key",
            defaultValue = "${env:PARGO_API_KEY}",
            description = "Sent as a bearer token; default: the environment's PARGO_API_KEY.")
    private @Nullable String apiKey;

    @Option(
            names = "--timeout",
            defaultValue = "120",
            paramLabel = "SECONDS",
            description = "Time for an answer; default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    public URI url() {
        return url;
    }

    /** A client of the endpoint. */
    public ChatClient connect() {
        return connect(url);
    }

    /** A client of another endpoint, with the same key and timeout. */
    public ChatClient connect(URI other) {
        return new ChatClient(other, apiKey, Duration.ofSeconds(timeoutSeconds));
    }

    /**
     * The model to ask.
     *
     * @param wanted its name, or null for the endpoint's first
     */
    public static String model(ChatClient client, @Nullable String wanted) throws IOException {
        return wanted != null
                ? wanted
                : client.models().stream()
                        .findFirst()
                        .map(ModelCard::id)
                        .orElseThrow(() -> new IOException("the endpoint serves no model"));
    }
}

package dev.pargo.llm.vllm;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The vLLM server that writes the answers.
 *
 * @param url    Its address, such as {@code http://127.0.0.1:8000}.
 * @param model  Name under which it serves the LLM; default: the first one that it lists.
 * @param apiKey The key that it was started with; default: none.
 * @param startTimeout Longest time that the service waits for it when it starts.
 */
@ConfigurationProperties("pargo.llm.vllm")
public record VllmProperties(
        @Nullable String url,
        @Nullable String model,
        @Nullable String apiKey,
        @DefaultValue("30s") Duration startTimeout) {

    /** @throws IllegalArgumentException if it is not the address of an HTTP server */
    URI address() {
        String text = url == null ? "" : url.strip();
        try {
            URI address = URI.create(text.endsWith("/") ? text : text + "/");
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getRawQuery() == null
                    && address.getRawUserInfo() == null) {
                return address;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "pargo.llm.vllm.url is '%s', but must be the address of a vLLM server, such as http://127.0.0.1:8000"
                        .formatted(text));
    }

    @Override
    public String toString() {
        return "VllmProperties[url=%s, model=%s]".formatted(url, model);
    }
}

package dev.pargo.gateway.chat;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What all parts of one response have in common. */
record ResponseHead(String id, long created, String model, String systemFingerprint) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** @param weights fingerprint of the LLM's weights */
    static ResponseHead now(String model, String weights) {
        String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
        return new ResponseHead(id, System.currentTimeMillis() / 1000, model, "fp_" + weights);
    }

    byte[] json(
            String object,
            List<ChatResponse.Choice> choices,
            ChatResponse.@Nullable Usage usage,
            ChatResponse.@Nullable TimingsMillis timings) {
        return JSON.writeValueAsBytes(
                new ChatResponse(id, object, created, model, systemFingerprint, choices, usage, timings));
    }

    /** A chunk of a stream that ends with usage: until then it is null. */
    byte[] chunkBeforeUsage(String object, List<ChatResponse.Choice> choices) {
        return JSON.writeValueAsBytes(
                new ChatResponse.BeforeUsage(id, object, created, model, systemFingerprint, choices, null));
    }
}

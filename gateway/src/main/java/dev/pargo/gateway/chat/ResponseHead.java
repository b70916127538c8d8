package dev.pargo.gateway.chat;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What all parts of one response have in common. */
record ResponseHead(String id, long created, String model) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static ResponseHead now(String model) {
        String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
        return new ResponseHead(id, System.currentTimeMillis() / 1000, model);
    }

    byte[] json(
            String object,
            List<ChatResponse.Choice> choices,
            ChatResponse.@Nullable Usage usage,
            ChatResponse.@Nullable TimingsMillis timings) {
        return JSON.writeValueAsBytes(new ChatResponse(id, object, created, model, choices, usage, timings));
    }
}

package dev.pargo.gateway.chat;

import dev.pargo.gateway.exchange.FinishWord;
import dev.pargo.gateway.exchange.ResponseHead;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.exchange.WholeAnswer;
import dev.pargo.proto.v1.GenerateStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes what all parts of one chat completion have in common. */
record ChatHead(ResponseHead head) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHUNK = "chat.completion.chunk";

    byte[] whole(List<WholeAnswer.Written> written, GenerateStart decoding, Usage usage, TimingsMillis timings) {
        List<ChatResponse.Choice> choices = new ArrayList<>();
        for (WholeAnswer.Written choice : written) {
            choices.add(ChatResponse.Choice.whole(
                    choices.size(),
                    choice.text(),
                    decoding.hasTopLogprobs() ? ChoiceLogprobs.of(choice.logprobs()) : null,
                    decoding.getVisualAttention() ? ChoiceAttention.of(choice.attention(), choice.pictures()) : null,
                    FinishWord.of(choice.reason())));
        }
        return json("chat.completion", choices, usage, timings);
    }

    byte[] chunk(ChatResponse.Choice choice) {
        return json(CHUNK, List.of(choice), null, null);
    }

    /** A chunk of a stream that ends with usage: until then it is null. */
    byte[] chunkBeforeUsage(ChatResponse.Choice choice) {
        return JSON.writeValueAsBytes(new ChatResponse.BeforeUsage(
                id(), CHUNK, head.created(), head.model(), head.systemFingerprint(), List.of(choice), null));
    }

    byte[] lastChunk(Usage usage, TimingsMillis timings) {
        return json(CHUNK, List.of(), usage, timings);
    }

    private byte[] json(
            String object, List<ChatResponse.Choice> choices, @Nullable Usage usage, @Nullable TimingsMillis timings) {
        return JSON.writeValueAsBytes(new ChatResponse(
                id(), object, head.created(), head.model(), head.systemFingerprint(), choices, usage, timings));
    }

    private String id() {
        return "chatcmpl-" + head.id();
    }
}

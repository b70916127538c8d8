package dev.pargo.gateway.chat;

import dev.pargo.gateway.exchange.FinishWord;
import dev.pargo.gateway.exchange.ResponseHead;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.exchange.WholeAnswer;
import dev.pargo.gateway.inference.CrossAttention;
import dev.pargo.gateway.inference.SeenPicture;
import dev.pargo.gateway.toolcall.ToolCallReader;
import dev.pargo.gateway.toolcall.ToolCallRules;
import dev.pargo.proto.v1.GenerateStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what all parts of one chat completion have in common.
 *
 * @param toolCallRules  what counts as a call of a tool in an answer
 * @param showsAttention whether what the projector looked at is part of it
 */
record ChatHead(ResponseHead head, ToolCallRules toolCallRules, boolean showsAttention) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHUNK = "chat.completion.chunk";

    ChatResponse whole(List<WholeAnswer.Written> written, GenerateStart decoding, Usage usage, TimingsMillis timings) {
        List<ChatResponse.Choice> choices = new ArrayList<>();
        for (WholeAnswer.Written choice : written) {
            ToolCallReader reader = new ToolCallReader(toolCallRules);
            ToolCallReader.Read read = reader.read(choice.text()).plus(reader.end());
            List<ChoiceToolCall> calls = ChoiceToolCall.whole(head.id(), choices.size(), read.calls());
            choices.add(ChatResponse.Choice.whole(
                    choices.size(),
                    read.content(),
                    calls,
                    decoding.hasTopLogprobs() ? ChoiceLogprobs.of(choice.logprobs()) : null,
                    decoding.getVisualAttention() ? ChoiceAttention.of(choice.attention(), choice.pictures()) : null,
                    FinishWord.of(choice.reason(), !calls.isEmpty())));
        }
        return response("chat.completion", projectorAttention(written.get(0).pictures()), choices, usage, timings);
    }

    /**
     * A chunk of a stream.
     *
     * @param pictures what the projector looked at is told of these; null in chunks that do not tell it
     * @param beforeUsage whether the stream ends with usage: until then it is null, and said to be
     */
    byte[] chunk(ChatResponse.Choice choice, @Nullable List<SeenPicture> pictures, boolean beforeUsage) {
        @Nullable List<CrossAttention> attention = pictures == null ? null : projectorAttention(pictures);
        return beforeUsage
                ? JSON.writeValueAsBytes(new ChatResponse.BeforeUsage(
                        id(),
                        CHUNK,
                        head.created(),
                        head.model(),
                        head.systemFingerprint(),
                        attention,
                        List.of(choice),
                        null))
                : JSON.writeValueAsBytes(response(CHUNK, attention, List.of(choice), null, null));
    }

    byte[] lastChunk(Usage usage, TimingsMillis timings) {
        return JSON.writeValueAsBytes(response(CHUNK, null, List.of(), usage, timings));
    }

    private ChatResponse response(
            String object,
            @Nullable List<CrossAttention> attention,
            List<ChatResponse.Choice> choices,
            @Nullable Usage usage,
            @Nullable TimingsMillis timings) {
        return new ChatResponse(
                id(),
                object,
                head.created(),
                head.model(),
                head.systemFingerprint(),
                attention,
                choices,
                usage,
                timings);
    }

    private @Nullable List<CrossAttention> projectorAttention(List<SeenPicture> pictures) {
        return showsAttention
                ? pictures.stream()
                        .map(picture -> Objects.requireNonNull(picture.attention()))
                        .toList()
                : null;
    }

    private String id() {
        return "chatcmpl-" + head.id();
    }
}

package dev.pargo.gateway.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.exchange.Answer;
import dev.pargo.gateway.exchange.AnswerWriter;
import dev.pargo.gateway.exchange.FinishWord;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.SeenPicture;
import dev.pargo.gateway.toolcall.ToolCallReader;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers as server-sent events. Nothing is sent until the LLM has accepted the prompt, so that earlier failures have an HTTP
 * status of their own. A later failure is an event.
 */
final class StreamedAnswer implements Answer {

    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

    private final ChatHead head;
    private final GenerateStart decoding;
    private final boolean includeUsage;
    private final AnswerWriter out;
    private final List<ToolCallReader> readers;
    private @Nullable Generation first;
    private boolean begun;

    StreamedAnswer(ChatHead head, GenerateStart decoding, boolean includeUsage, AnswerWriter out) {
        this.head = head;
        this.decoding = decoding;
        this.includeUsage = includeUsage;
        this.out = out;
        this.readers = Stream.generate(() -> new ToolCallReader(head.toolCallRules()))
                .limit(decoding.getChoices())
                .toList();
    }

    @Override
    public void begin(Generation generation) throws IOException {
        first = generation;
        out.beginStream();
        for (int index = 0; index < decoding.getChoices(); index++) {
            chunk(ChatResponse.Choice.begin(index), index == 0 ? generation.pictures() : null);
        }
    }

    /** That an answer begins may be said before an LLM has written anything of it. */
    @Override
    public boolean hasBegun(int firstChoice, int choices) {
        return begun;
    }

    @Override
    public void discard(int firstChoice, int choices) {}

    @Override
    public void add(int choice, TextDelta delta) throws IOException {
        begun = true;
        @Nullable
        ChoiceLogprobs logprobs = delta.getLogprobsCount() > 0 ? ChoiceLogprobs.of(delta.getLogprobsList()) : null;
        @Nullable ChoiceAttention attention = ChoiceAttention.piece(delta.getAttentionList());
        boolean ends = delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED;
        ToolCallReader reader = readers.get(choice);
        int earlier = reader.calls();
        ToolCallReader.Read text = reader.read(delta.getText());
        ToolCallReader.Read read = ends ? text.plus(reader.end()) : text;
        List<ChoiceToolCall> calls = ChoiceToolCall.piece(head.head().id(), choice, earlier, read.calls());
        if (logprobs != null || attention != null || !read.content().isEmpty() || !calls.isEmpty()) {
            chunk(ChatResponse.Choice.piece(choice, read.content(), calls, logprobs, attention), null);
        }
        if (ends) {
            String reason = FinishWord.of(delta.getFinishReason(), reader.calls() > 0);
            chunk(ChatResponse.Choice.end(choice, pictures(), reason), null);
        }
    }

    private @Nullable ChoiceAttention pictures() {
        return decoding.getVisualAttention() && first != null ? ChoiceAttention.end(first.pictures()) : null;
    }

    @Override
    public void end(Usage usage, TimingsMillis timings) throws IOException {
        if (includeUsage) {
            out.event(head.lastChunk(usage, timings));
        }
        out.event(DONE);
    }

    @Override
    public void fail(GatewayException failure) throws IOException {
        out.event(ErrorBody.of(failure).json());
    }

    private void chunk(ChatResponse.Choice choice, @Nullable List<SeenPicture> pictures) throws IOException {
        out.event(head.chunk(choice, pictures, includeUsage));
    }
}

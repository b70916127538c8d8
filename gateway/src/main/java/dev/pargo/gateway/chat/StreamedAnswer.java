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
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers as server-sent events. Until the LLM has taken the prompt on nothing is sent, so that whatever goes wrong before
 * has an HTTP status of its own; later a failure is an event.
 */
final class StreamedAnswer implements Answer {

    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

    private final ChatHead head;
    private final GenerateStart decoding;
    private final boolean includeUsage;
    private final AnswerWriter out;
    private @Nullable Generation first;
    private boolean begun;

    StreamedAnswer(ChatHead head, GenerateStart decoding, boolean includeUsage, AnswerWriter out) {
        this.head = head;
        this.decoding = decoding;
        this.includeUsage = includeUsage;
        this.out = out;
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
        if (logprobs != null || attention != null || !delta.getText().isEmpty()) {
            chunk(ChatResponse.Choice.piece(choice, delta.getText(), logprobs, attention), null);
        }
        if (delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
            chunk(ChatResponse.Choice.end(choice, pictures(), FinishWord.of(delta.getFinishReason())), null);
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

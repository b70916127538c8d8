package dev.pargo.gateway.completions;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.exchange.Answer;
import dev.pargo.gateway.exchange.AnswerWriter;
import dev.pargo.gateway.exchange.FinishWord;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Completions as server-sent events. */
final class StreamedCompletion implements Answer {

    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

    private final CompletionForm form;
    private final boolean includeUsage;
    private final AnswerWriter out;
    private final List<OldLogprobs.Writer> logprobs;
    private final BitSet begun = new BitSet();

    StreamedCompletion(CompletionForm form, boolean includeUsage, AnswerWriter out) {
        this.form = form;
        this.includeUsage = includeUsage;
        this.out = out;
        this.logprobs =
                Stream.generate(OldLogprobs.Writer::new).limit(form.choices()).toList();
    }

    @Override
    public void begin(Generation generation) throws IOException {
        out.beginStream();
        for (int choice = 0; choice < form.choices(); choice++) {
            if (!form.echo(choice).isEmpty()) {
                chunk(choice, form.echo(choice), null, null);
            }
        }
    }

    @Override
    public boolean hasBegun(int firstChoice, int count) {
        int next = begun.nextSetBit(firstChoice);
        return next >= 0 && next < firstChoice + count;
    }

    @Override
    public void discard(int firstChoice, int count) {}

    @Override
    public void add(int choice, TextDelta delta) throws IOException {
        begun.set(choice);
        boolean withLogprobs = delta.getLogprobsCount() > 0;
        boolean ends = delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED;
        if (withLogprobs || ends || !delta.getText().isEmpty()) {
            chunk(
                    choice,
                    delta.getText(),
                    withLogprobs ? logprobs.get(choice).of(delta.getLogprobsList()) : null,
                    ends ? FinishWord.of(delta.getFinishReason()) : null);
        }
    }

    @Override
    public void end(Usage usage, TimingsMillis timings) throws IOException {
        if (includeUsage) {
            out.event(form.lastChunk(usage, timings));
        }
        out.event(DONE);
    }

    @Override
    public void fail(GatewayException failure) throws IOException {
        out.event(ErrorBody.of(failure).json());
    }

    private void chunk(int choice, String text, @Nullable OldLogprobs tokens, @Nullable String finishReason)
            throws IOException {
        CompletionResponse.Choice piece = new CompletionResponse.Choice(choice, text, tokens, finishReason);
        out.event(includeUsage ? form.chunkBeforeUsage(piece) : form.chunk(piece));
    }
}

package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.llm.engine.Generator;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.stage.call.MessageSource;
import dev.pargo.stage.call.ServedCall;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers on their way to the client: text that the generator has written and the client has not read. The waiting text
 * of an answer is joined into as few messages as the limit of a message allows. Thread-safe: the device's thread
 * writes, the call's threads read.
 */
final class AnswerStream implements GenerationListener, MessageSource<GenerateResponse> {

    private final ServedCall<GenerateResponse> call;
    private final Tokenizer tokenizer;
    private final boolean continues;
    private final Queue<GenerateResponse.Builder> events = new ArrayDeque<>();
    private final TreeMap<Integer, PendingAnswer> answers = new TreeMap<>();
    private final SlowReader reader;
    private @Nullable GenerationFinished finished;
    private boolean exhausted;

    /** @param continues whether the answers go on with the prompt's last text */
    AnswerStream(
            ServedCall<GenerateResponse> call,
            Tokenizer tokenizer,
            boolean continues,
            SlowReader reader,
            GenerationQueued queued) {
        this.reader = reader;
        this.call = call;
        this.tokenizer = tokenizer;
        this.continues = continues;
        events.add(GenerateResponse.newBuilder().setQueued(queued));
    }

    /** Sets the generation whose answers are written. Call it once. */
    synchronized void follow(Generator.Submission submission) {
        reader.follow(submission);
        reader.update(backlog());
    }

    private long backlog() {
        return answers.values().stream().mapToLong(PendingAnswer::bytes).sum();
    }

    @Override
    public void onStarted() {
        call.trace().enter("prefill");
        synchronized (this) {
            events.add(GenerateResponse.newBuilder().setStarted(GenerationStarted.getDefaultInstance()));
        }
        call.wake();
    }

    @Override
    public void onText(Piece piece) {
        call.trace().enter("decode");
        synchronized (this) {
            answers.computeIfAbsent(piece.choice(), choice -> new PendingAnswer(choice, tokenizer, continues))
                    .add(piece);
            reader.update(backlog());
        }
        call.wake();
    }

    @Override
    public void onFinished(GenerationSummary summary) {
        call.trace().leave();
        synchronized (this) {
            finished = GenerationFinished.newBuilder()
                    .setCompletionTokens(summary.tokens())
                    .setCachedTokens(summary.cachedTokens())
                    .setReport(GenerationReport.newBuilder()
                            .setQueueMicros(summary.queue() / 1_000)
                            .setPrefillMicros(summary.prefill() / 1_000)
                            .setDecodeMicros(summary.decode() / 1_000)
                            .setNetworkMicros(summary.network() / 1_000)
                            .setAcceptedDraftTokens(summary.draftTokens()))
                    .build();
        }
        call.wake();
    }

    @Override
    public void onFailed(RuntimeException failure) {
        call.fail(failure);
    }

    @Override
    public @Nullable GenerateResponse poll() {
        GenerateResponse.@Nullable Builder next = next();
        return next == null ? null : Checksums.seal(next);
    }

    private synchronized GenerateResponse.@Nullable Builder next() {
        if (!events.isEmpty()) {
            return events.remove();
        }
        Optional<PendingAnswer> first =
                answers.values().stream().filter(answer -> !answer.isEmpty()).findFirst();
        if (first.isPresent()) {
            GenerateResponse.Builder delta =
                    GenerateResponse.newBuilder().setDelta(first.get().next());
            reader.update(backlog());
            return delta;
        }
        if (finished != null && !exhausted) {
            exhausted = true;
            return GenerateResponse.newBuilder().setFinished(finished);
        }
        return null;
    }

    @Override
    public synchronized boolean isExhausted() {
        return exhausted;
    }
}

package dev.pargo.llm.grpc;

import com.google.protobuf.ByteString;
import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.proto.v1.TextDelta;
import dev.pargo.proto.v1.TokenLogprob;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.stage.call.Faults;
import dev.pargo.stage.status.StageMetrics.Outcome;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers as they are written, but no faster than the client reads: while it does not, what is written of an answer
 * joins into one delta, so that a slow reader costs the length of its answers and never stops the engine. Thread-safe.
 */
final class AnswerSender implements GenerationListener {

    private final ServerCallStreamObserver<GenerateResponse> out;
    private final Tokenizer tokenizer;
    private final Map<Integer, PendingDelta> pending = new TreeMap<>();
    private @Nullable GenerationFinished finished;
    private @Nullable Outcome failure;
    private boolean over;

    /** What is written of one answer and not yet sent. */
    private static final class PendingDelta {
        private final StringBuilder text = new StringBuilder();
        private final TextDelta.Builder delta = TextDelta.newBuilder();
    }

    /** To be created before the service method returns. */
    AnswerSender(ServerCallStreamObserver<GenerateResponse> out, Tokenizer tokenizer) {
        this.out = out;
        this.tokenizer = tokenizer;
        out.setOnReadyHandler(this::pump);
    }

    synchronized void queued(GenerationQueued queued) {
        if (!over) {
            out.onNext(Checksums.seal(GenerateResponse.newBuilder().setQueued(queued)));
        }
    }

    @Override
    public synchronized void onStarted() {
        if (!over) {
            out.onNext(
                    Checksums.seal(GenerateResponse.newBuilder().setStarted(GenerationStarted.getDefaultInstance())));
        }
    }

    @Override
    public synchronized void onText(Piece piece) {
        PendingDelta waiting = pending.computeIfAbsent(piece.choice(), choice -> new PendingDelta());
        waiting.text.append(piece.text());
        waiting.delta.setChoice(piece.choice());
        for (int i = 0; i < piece.ids().length; i++) {
            waiting.delta.addTokenIds(piece.ids()[i]);
            if (!piece.logprobs().isEmpty()) {
                waiting.delta.addLogprobs(
                        logprobs(piece.ids()[i], piece.logprobs().get(i)));
            }
        }
        if (piece.reason() != null) {
            waiting.delta.setFinishReason(
                    switch (piece.reason()) {
                        case STOP -> FinishReason.STOP;
                        case LENGTH -> FinishReason.LENGTH;
                    });
        }
        pump();
    }

    private TokenLogprobs logprobs(int id, SampleLogprobs logprobs) {
        TokenLogprobs.Builder all = TokenLogprobs.newBuilder();
        all.setChosen(logprob(id, logprobs.chosen()));
        for (int i = 0; i < logprobs.topIds().length; i++) {
            all.addTop(logprob(logprobs.topIds()[i], logprobs.topLogprobs()[i]));
        }
        return all.build();
    }

    private TokenLogprob logprob(int id, float logprob) {
        return TokenLogprob.newBuilder()
                .setTokenId(id)
                .setLogprob(logprob)
                .setText(ByteString.copyFrom(tokenizer.bytes(id)))
                .build();
    }

    @Override
    public synchronized void onFinished(GenerationSummary summary) {
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
        pump();
    }

    @Override
    public synchronized void onFailed(RuntimeException cause) {
        if (!over) {
            over = true;
            StatusRuntimeException status = Faults.toStatus(cause);
            failure = Outcome.of(status);
            out.onError(status);
        }
    }

    /** How the answer failed, if it did. */
    synchronized Optional<Outcome> failure() {
        return Optional.ofNullable(failure);
    }

    /** Sends nothing any more; the call was cancelled. */
    synchronized void stop() {
        over = true;
    }

    private synchronized void pump() {
        if (over || !out.isReady()) {
            return;
        }
        for (PendingDelta waiting : pending.values()) {
            out.onNext(Checksums.seal(
                    GenerateResponse.newBuilder().setDelta(waiting.delta.setText(waiting.text.toString()))));
        }
        pending.clear();
        if (finished != null) {
            over = true;
            out.onNext(Checksums.seal(GenerateResponse.newBuilder().setFinished(finished)));
            out.onCompleted();
        }
    }
}

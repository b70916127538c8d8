package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.FinishReason;
import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationTimes;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.proto.v1.TextDelta;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer as it is written, but no faster than the client reads: while it does not, what is written joins into
 * one delta, so that a slow reader costs the length of an answer and never stops the engine. Thread-safe.
 */
final class AnswerSender implements GenerationListener {

    private final ServerCallStreamObserver<GenerateResponse> out;
    private final StringBuilder text = new StringBuilder();
    private final TextDelta.Builder delta = TextDelta.newBuilder();
    private @Nullable GenerationFinished finished;
    private boolean over;

    /** To be created before the service method returns. */
    AnswerSender(ServerCallStreamObserver<GenerateResponse> out) {
        this.out = out;
        out.setOnReadyHandler(this::pump);
    }

    synchronized void start(GenerationStarted started) {
        if (!over) {
            out.onNext(GenerateResponse.newBuilder().setStarted(started).build());
        }
    }

    @Override
    public synchronized void onText(String more, int token) {
        text.append(more);
        delta.addTokenIds(token);
        pump();
    }

    @Override
    public synchronized void onFinished(FinishReason reason, int tokens, GenerationTimes times) {
        finished = GenerationFinished.newBuilder()
                .setReason(
                        switch (reason) {
                            case STOP -> GenerationFinished.Reason.STOP;
                            case LENGTH -> GenerationFinished.Reason.LENGTH;
                        })
                .setCompletionTokens(tokens)
                .setReport(GenerationReport.newBuilder()
                        .setQueueMicros(times.queue() / 1_000)
                        .setPrefillMicros(times.prefill() / 1_000)
                        .setDecodeMicros(times.decode() / 1_000)
                        .setNetworkMicros(times.network() / 1_000))
                .build();
        pump();
    }

    @Override
    public synchronized void onFailed(RuntimeException failure) {
        if (!over) {
            over = true;
            out.onError(failure);
        }
    }

    /** Sends nothing any more; the call was cancelled. */
    synchronized void stop() {
        over = true;
    }

    private synchronized void pump() {
        if (over || !out.isReady()) {
            return;
        }
        if (delta.getTokenIdsCount() > 0) {
            out.onNext(GenerateResponse.newBuilder()
                    .setDelta(delta.setText(text.toString()))
                    .build());
            text.setLength(0);
            delta.clear();
        }
        if (finished != null) {
            over = true;
            out.onNext(GenerateResponse.newBuilder().setFinished(finished).build());
            out.onCompleted();
        }
    }
}

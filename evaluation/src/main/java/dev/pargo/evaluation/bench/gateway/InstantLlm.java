package dev.pargo.evaluation.bench.gateway;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.TextDelta;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An LLM that writes the same token {@code max_tokens} times, all at once or at a fixed pace, with one message for each token. */
final class InstantLlm extends LlmGrpc.LlmImplBase {

    private final LlmDescription description;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final GenerateResponse queued;
    private final GenerateResponse started =
            Checksums.seal(GenerateResponse.newBuilder().setStarted(GenerationStarted.getDefaultInstance()));
    private final GenerateResponse token = Checksums.seal(GenerateResponse.newBuilder()
            .setDelta(TextDelta.newBuilder().setText(" token").addTokenIds(7)));
    private final GenerateResponse end = Checksums.seal(
            GenerateResponse.newBuilder().setDelta(TextDelta.newBuilder().setFinishReason(FinishReason.LENGTH)));
    private volatile Duration pace = Duration.ZERO;

    InstantLlm(LlmDescription description) {
        this.description = description;
        this.queued = Checksums.seal(GenerateResponse.newBuilder()
                .setQueued(GenerationQueued.newBuilder()
                        .setProducer(description.getIdentity().getFingerprint())
                        .setPromptTokens(10)));
    }

    /** Sets the time between two tokens; zero for all at once. */
    void pace(Duration perToken) {
        pace = perToken;
    }

    void close() {
        clock.shutdownNow();
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<LlmDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<GenerateRequest> generate(StreamObserver<GenerateResponse> response) {
        return new StreamObserver<>() {
            private int tokens;
            private @Nullable Future<?> writing;

            @Override
            public void onNext(GenerateRequest part) {
                if (part.hasStart()) {
                    tokens = part.getStart().getMaxTokens();
                }
            }

            @Override
            public void onError(Throwable cancelled) {
                if (writing != null) {
                    writing.cancel(false);
                }
            }

            @Override
            public void onCompleted() {
                response.onNext(queued);
                response.onNext(started);
                if (pace.isZero()) {
                    for (int i = 0; i < tokens; i++) {
                        response.onNext(token);
                    }
                    finish(tokens, response);
                } else {
                    Paced paced = new Paced(tokens, response);
                    writing = clock.scheduleAtFixedRate(paced, 0, pace.toNanos(), TimeUnit.NANOSECONDS);
                    paced.writing = writing;
                }
            }
        };
    }

    private void finish(int tokens, StreamObserver<GenerateResponse> response) {
        response.onNext(end);
        response.onNext(Checksums.seal(GenerateResponse.newBuilder()
                .setFinished(GenerationFinished.newBuilder().setCompletionTokens(tokens))));
        response.onCompleted();
    }

    /** Writes a token at each run, then ends the answer. */
    private final class Paced implements Runnable {

        private final int tokens;
        private final StreamObserver<GenerateResponse> response;
        private int written;
        private volatile @Nullable Future<?> writing;

        Paced(int tokens, StreamObserver<GenerateResponse> response) {
            this.tokens = tokens;
            this.response = response;
        }

        @Override
        public void run() {
            if (written++ < tokens) {
                response.onNext(token);
            } else if (writing != null) {
                finish(tokens, response);
                writing.cancel(false);
            }
        }
    }
}

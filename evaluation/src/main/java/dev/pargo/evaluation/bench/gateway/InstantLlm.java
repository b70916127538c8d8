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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An LLM that writes the same token {@code max_tokens} times, with one message for each token: all at once, or in steps at a
 * fixed pace. Each step writes a token of every answer, as an LLM does that batches its answers.
 */
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
    private final Queue<Paced> answers = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Future<?> steps;

    InstantLlm(LlmDescription description) {
        this.description = description;
        this.queued = Checksums.seal(GenerateResponse.newBuilder()
                .setQueued(GenerationQueued.newBuilder()
                        .setProducer(description.getIdentity().getFingerprint())
                        .setPromptTokens(10)));
    }

    /** Sets the time between two steps; zero for all tokens at once. */
    void pace(Duration perToken) {
        @Nullable Future<?> before = steps;
        if (before != null) {
            before.cancel(false);
        }
        long nanos = perToken.toNanos();
        steps = nanos == 0
                ? null
                : clock.scheduleAtFixedRate(() -> answers.removeIf(Paced::step), 0, nanos, TimeUnit.NANOSECONDS);
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
            private @Nullable Paced paced;

            @Override
            public void onNext(GenerateRequest part) {
                if (part.hasStart()) {
                    tokens = part.getStart().getMaxTokens();
                }
            }

            @Override
            public void onError(Throwable cancelled) {
                if (paced != null) {
                    answers.remove(paced);
                }
            }

            @Override
            public void onCompleted() {
                response.onNext(queued);
                response.onNext(started);
                if (steps == null) {
                    for (int i = 0; i < tokens; i++) {
                        response.onNext(token);
                    }
                    finish(tokens, response);
                } else {
                    paced = new Paced(tokens, response);
                    answers.add(paced);
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

    /** An answer of which each step writes a token. */
    private final class Paced {

        private final int tokens;
        private final StreamObserver<GenerateResponse> response;
        private int written;

        Paced(int tokens, StreamObserver<GenerateResponse> response) {
            this.tokens = tokens;
            this.response = response;
        }

        /** Writes the next token, or the end. Returns whether the answer is complete. */
        boolean step() {
            if (written++ < tokens) {
                response.onNext(token);
                return false;
            }
            finish(tokens, response);
            return true;
        }
    }
}

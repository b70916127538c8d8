package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.SequenceGroup;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.status.StageMetrics.Outcome;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code Generate}: reads the prompt, hands it to the engine, sends the answer. Whatever ends the call (answer,
 * refusal, cancellation, deadline) stops its work and gives its place back.
 */
final class GenerateCall implements StreamObserver<GenerateRequest> {

    private final LlmHost host;
    private final AnswerSender answer;
    private final long deadline;
    private final Future<?> timeLimit;

    private @Nullable RequestReader start;
    private @Nullable PromptReader prompt;
    private volatile Admission.@Nullable Ticket ticket;
    private volatile @Nullable SequenceGroup generation;
    private volatile boolean over;

    /** To be created before the service method returns. */
    GenerateCall(ServerCallStreamObserver<GenerateResponse> out, LlmHost host) {
        this.host = host;
        this.answer = new AnswerSender(out, host.tokenizer());
        this.deadline = host.timer().deadline();
        out.setOnCancelHandler(() -> end(Outcome.CANCELLED));
        out.setOnCloseHandler(() -> end(Outcome.COMPLETED));
        this.timeLimit = host.timer().start(this::fail);
    }

    @Override
    public void onNext(GenerateRequest message) {
        if (over) {
            return;
        }
        try {
            Checksums.check(message);
            switch (message.getPartCase()) {
                case START -> open(message.getStart());
                case VISUAL -> opened().accept(message.getVisual());
                case PART_NOT_SET -> throw malformed("an empty message");
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void open(GenerateStart next) {
        if (start != null) {
            throw malformed("a second start");
        }
        start = new RequestReader(next, host);
        prompt = host.newPrompt(next);
        ticket = host.admission().admit(prompt.visualBytes());
    }

    private RequestReader asked() {
        if (start == null) {
            throw malformed("the stream ended before the start");
        }
        return start;
    }

    private PromptReader opened() {
        if (prompt == null) {
            throw malformed("visual tokens before the start");
        }
        return prompt;
    }

    @Override
    public void onCompleted() {
        if (over) {
            return;
        }
        try {
            GenerationRequest request = asked().request(opened().finish(), deadline);
            answer.queued(GenerationQueued.newBuilder()
                    .setProducer(host.description().getIdentity().getFingerprint())
                    .setPromptTokens(request.promptTokens())
                    .setVisualTokens(request.visualTokens())
                    .build());
            SequenceGroup submitted = host.engine().submit(request, answer);
            generation = submitted;
            if (over) {
                // The call ended between the check above and now.
                submitted.cancel();
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** A cancellation, which the cancel handler has dealt with. */
    @Override
    public void onError(Throwable cancelled) {}

    private void fail(RuntimeException cause) {
        over = true;
        answer.onFailed(cause);
    }

    private void end(Outcome outcome) {
        over = true;
        timeLimit.cancel(false);
        answer.stop();
        if (generation != null) {
            generation.cancel();
        }
        if (ticket != null) {
            ticket.close();
        }
        host.metrics().over(answer.failure().orElse(outcome));
    }

    private static RuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}

package dev.pargo.stage.call;

import dev.pargo.proto.PacedSender;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.batch.Batched;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.status.StageMetrics.Outcome;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call that is answered with a tensor: admitted at its header, batched when its input is ready, answered as fast as
 * the client reads, and ended exactly once. Whatever ends it (answer, failure, cancellation, deadline) takes it out of
 * the queue and gives its place back.
 *
 * <p>{@link #admit} is called from the call's own callbacks, {@link #submit} and {@link #fail} from any thread.
 */
public final class BatchedCall<I> {

    private final BatchedStage<I> stage;
    private final PacedSender<TensorChunk> sender;
    private final Future<?> timeLimit;
    private volatile Admission.@Nullable Ticket ticket;
    private volatile Batcher<I, WireTensor>.@Nullable Request request;
    private volatile @Nullable Outcome failure;
    private volatile Runnable whenOver = () -> {};
    private volatile boolean over;

    /** To be created before the service method returns. */
    public BatchedCall(ServerCallStreamObserver<TensorChunk> response, BatchedStage<I> stage) {
        this.stage = stage;
        this.sender = new PacedSender<>(response);
        response.setOnCancelHandler(() -> end(Outcome.CANCELLED));
        response.setOnCloseHandler(() -> end(Outcome.COMPLETED));
        this.timeLimit = stage.timer().start(this::fail);
    }

    /** Handles one step of the request; an exception fails the call. Ignored when the call is over. */
    public void attempt(Runnable step) {
        if (over) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException error) {
            fail(error);
        }
    }

    /**
     * Lets the call in and announces its input.
     *
     * @param bytes memory that the request will take
     * @throws StatusRuntimeException QUEUE_FULL
     */
    public void admit(long bytes) {
        ticket = stage.admission().admit(bytes);
        request = stage.batcher().announce();
    }

    /**
     * Sends the input through the network and the result to the client. Without effect when the call is over.
     *
     * @param preprocessing time spent on making the input
     */
    public void submit(I input, Duration preprocessing) {
        Batcher<I, WireTensor>.Request admitted = request;
        if (admitted == null) {
            throw new IllegalStateException("submitted before it was admitted");
        }
        admitted.submit(input).whenComplete((batched, error) -> {
            if (error != null) {
                fail(error);
            } else {
                sender.send(batched.output().chunks(report(batched, preprocessing)));
            }
        });
    }

    /** Ends the call with an error, unless it is over. */
    public void fail(Throwable error) {
        if (over) {
            return;
        }
        over = true;
        StatusRuntimeException status = Faults.toStatus(error);
        failure = Outcome.of(status);
        sender.fail(status);
    }

    /** Sets what to do when the call is over, however it ends; to be called from the call's own callbacks. */
    public void whenOver(Runnable action) {
        whenOver = action;
    }

    /** True once {@link #admit} has let the call in. */
    public boolean isAdmitted() {
        return ticket != null;
    }

    /** True when the call's result is not needed any more. */
    public boolean isOver() {
        return over;
    }

    private void end(Outcome outcome) {
        over = true;
        timeLimit.cancel(false);
        sender.stop();
        if (request != null) {
            request.cancel();
        }
        if (ticket != null) {
            ticket.close();
        }
        whenOver.run();
        Outcome failed = failure;
        stage.metrics().over(failed == null ? outcome : failed);
    }

    private static StageReport report(Batched<?> batched, Duration preprocessing) {
        return StageReport.newBuilder()
                .setQueueMicros(micros(batched.queueTime()))
                .setPreprocessMicros(micros(preprocessing))
                .setNetworkMicros(micros(batched.networkTime()))
                .setBatchSize(batched.batchSize())
                .build();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}

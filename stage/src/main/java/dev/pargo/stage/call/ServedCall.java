package dev.pargo.stage.call;

import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.status.StageMetrics.Outcome;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lifecycle of one call of a stage: it is admitted, prepared, submitted, answered, and ended exactly once. It can
 * end by its answer, a failure, a cancellation, the client's deadline or the stage's time limit. Its end stops its work
 * and releases its admission at once, even if the client does not read what was sent.
 *
 * <p>{@link #admit} is called from the call's own callbacks, everything else from any thread.
 *
 * @param <R> the messages of the answer
 */
public class ServedCall<R> {

    private static final Logger log = LoggerFactory.getLogger(ServedCall.class);

    private final CallResources stage;
    private final RequestId id = RequestId.current();
    private final ClientId client = ClientId.current();
    private final CallTrace trace = CallTrace.current();
    private final long deadline;
    private final ResponseSender<R> sender;
    private final List<Runnable> cleanups = new ArrayList<>();
    private volatile Admission.@Nullable Ticket ticket;
    private volatile boolean over;

    /** Create it before the service method returns. */
    public ServedCall(ServerCallStreamObserver<R> response, CallResources stage) {
        this.stage = stage;
        this.deadline = stage.timer().deadline();
        this.sender = new ResponseSender<>(response, stage.senders(), this::fail);
        response.setOnCancelHandler(() -> close(Outcome.CANCELLED));
        response.setOnCloseHandler(() -> close(Outcome.COMPLETED));
        Future<?> timeLimit = stage.timer().start(this::fail);
        whenOver(() -> timeLimit.cancel(false));
    }

    /**
     * Runs one step of the call, with its request id in the log. An exception fails the call. Does nothing when the call
     * is over.
     */
    public final void attempt(Runnable step) {
        if (over) {
            return;
        }
        try (RequestId.Logged logged = id.log()) {
            step.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
            fail(failure);
        }
    }

    /**
     * Admits the call. Until {@link #completeRequest} it may be ended if there is no room for others.
     *
     * @param bytes memory that the request will take
     * @throws StatusRuntimeException QUEUE_FULL
     */
    public void admit(long bytes) {
        Admission.Ticket admitted = stage.admission().admit(client.value(), bytes);
        ticket = admitted;
        whenOver(admitted::close);
        admitted.allowEviction(this::fail);
    }

    /** Call it when the request has arrived, and before work begins. */
    public final void completeRequest() {
        Admission.Ticket admitted = ticket;
        if (admitted != null) {
            admitted.forbidEviction();
        }
    }

    /**
     * Reserves further memory for a call that is admitted, when more is known about its request.
     *
     * @throws StatusRuntimeException QUEUE_FULL
     */
    public final void reserve(long bytes) {
        Objects.requireNonNull(ticket, "reserved before it was admitted").grow(bytes);
    }

    /** Returns memory that was reserved for more than the request turned out to need. */
    public final void release(long bytes) {
        Objects.requireNonNull(ticket, "released before it was admitted").shrink(bytes);
    }

    /** Sends messages as fast as the client reads them, and completes the call after the last. */
    public final void answer(MessageSource<R> messages) {
        sender.open(messages);
    }

    /** Signals that the source has more messages. */
    public final void wake() {
        sender.wake();
    }

    /** Ends the call with an error, unless it is over. */
    public final void fail(Throwable error) {
        if (over) {
            return;
        }
        try (RequestId.Logged logged = id.log()) {
            StatusRuntimeException status = Faults.toStatus(error);
            if (end(Outcome.of(status))) {
                sender.fail(status);
            }
        }
    }

    /** Sets a task to run when the call ends, however it ends. Runs at once if the call is over. */
    public final void whenOver(Runnable cleanup) {
        synchronized (cleanups) {
            if (!over) {
                cleanups.add(cleanup);
                return;
            }
        }
        cleanup.run();
    }

    /** True once {@link #admit} has admitted the call. */
    public final boolean isAdmitted() {
        return ticket != null;
    }

    /** True if the call's result is no longer needed. */
    public final boolean isOver() {
        return over;
    }

    /** The deadline of the call, as {@link System#nanoTime}. */
    public final long deadline() {
        return deadline;
    }

    public final RequestId id() {
        return id;
    }

    /** The client that the call is made for. */
    public final ClientId client() {
        return client;
    }

    public final CallTrace trace() {
        return trace;
    }

    private void close(Outcome outcome) {
        sender.stop();
        end(outcome);
    }

    /** Ends the call, unless it is over. */
    private boolean end(Outcome outcome) {
        List<Runnable> todo;
        synchronized (cleanups) {
            if (over) {
                return false;
            }
            over = true;
            todo = List.copyOf(cleanups);
        }
        try (RequestId.Logged logged = id.log()) {
            log.debug("Call ended: {}", outcome);
        }
        todo.forEach(Runnable::run);
        stage.metrics().countEnd(outcome);
        return true;
    }
}

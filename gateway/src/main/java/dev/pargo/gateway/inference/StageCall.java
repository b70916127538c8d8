package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.gateway.replica.Lease;
import dev.pargo.gateway.replica.Replica;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call to one replica of a stage, for one request. Waiting is divided into slices. Between them it runs the
 * request's pulse, so that the call ends if the client disconnects, and checks the replica, so that a hung replica does
 * not hold up the request. The result of the call is recorded in the replica's state. Closing an unfinished call
 * cancels it.
 *
 * <p>Confined to the request's thread.
 */
final class StageCall<Q, R> implements AutoCloseable {

    /** Longest time between two pulses. */
    static final int SLICE_MILLIS = 100;

    private static final int CANCEL_MILLIS = 200;

    private final StageKind stage;
    private final Replica<?> replica;
    private final Lease lease;
    private final StreamingCall<Q, R> call;
    private final RequestScope scope;
    private final BooleanSupplier mayMove;
    private final int timesGivenUp;
    private boolean ended;

    /**
     * @param call    a call to the replica
     * @param lease   lease of the replica; ends with the call
     * @param mayMove whether the request could go to another replica instead of waiting for a silent one
     */
    StageCall(
            StageKind stage,
            Replica<?> replica,
            Lease lease,
            StreamingCall<Q, R> call,
            RequestScope scope,
            BooleanSupplier mayMove) {
        this.stage = stage;
        this.replica = replica;
        this.lease = lease;
        this.call = call;
        this.scope = scope;
        this.mayMove = mayMove;
        this.timesGivenUp = replica.timesGivenUp();
    }

    /** Sends a message as soon as the stage has room for it. */
    void send(Q message) throws StageException {
        if (!untilDone(millis -> call.write(message, millis))) {
            // The stage has ended the call before it has read everything, either with an error or against the contract.
            receive();
            throw broken("the call was closed before the request was complete");
        }
    }

    /** Ends the request's messages. */
    void complete() {
        call.halfClose();
    }

    /** The next message; null if the stage has ended the call without an error. */
    @Nullable
    R receive() throws StageException {
        @Nullable R message = untilDone(call::read);
        if (message == null) {
            replica.recordSuccess();
            end();
        }
        return message;
    }

    /** Whether {@link #receive()} would not wait. */
    boolean hasNext() {
        return call.hasNext();
    }

    /** Records that the replica has accepted the request. */
    void recordAcceptance() {
        replica.recordSuccess();
    }

    /** Throws if the answering weights are not the described ones. */
    void checkProducer(String described, String producer) throws StageException {
        if (!described.equals(producer)) {
            replica.markReplaced();
            throw StageException.of(stage, replica, CallFault.REPLACED, "serves other weights than it described");
        }
    }

    /** Creates the exception for a failure that gRPC has not noticed. */
    StageException failure(Throwable failure) {
        return noted(StageException.of(stage, replica, failure));
    }

    /** Creates the exception for a stage that violates the contract. */
    StageException broken(String what) {
        return noted(StageException.broken(stage, replica, what));
    }

    /** Ends the call. Waits a moment for its cancellation, so that interceptors see its end. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        end();
        call.cancel("the request has ended");
        try {
            while (call.read(CANCEL_MILLIS) != null) {
                // Messages in transit are no longer needed.
            }
        } catch (StatusException | TimeoutException cancelled) {
            // The cancellation has ended the call, as intended.
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T untilDone(Attempt<T> attempt) throws StageException {
        while (true) {
            scope.pulse().run();
            try {
                return attempt.within(SLICE_MILLIS);
            } catch (TimeoutException notYet) {
                checkReplica();
            } catch (StatusException failure) {
                end();
                throw noted(StageException.of(stage, replica, failure));
            } catch (InterruptedException shutdown) {
                Thread.currentThread().interrupt();
                throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
            }
        }
    }

    private void checkReplica() throws StageException {
        if (replica.timesGivenUp() != timesGivenUp || replica.isSilent() && mayMove.getAsBoolean()) {
            throw StageException.of(stage, replica, CallFault.SILENT, "does not answer");
        }
    }

    private StageException noted(StageException failure) {
        switch (failure.fault()) {
            case LOST, DAMAGED -> replica.recordFailure();
            case DRAINING -> replica.markDraining();
            default -> {}
        }
        return failure;
    }

    private void end() {
        ended = true;
        lease.close();
    }

    private interface Attempt<T> {
        T within(int millis) throws InterruptedException, TimeoutException, StatusException;
    }
}

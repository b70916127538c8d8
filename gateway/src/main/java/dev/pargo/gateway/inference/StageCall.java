package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call to a stage, for one request. Waiting is cut into slices; between them the request's pulse is felt, so
 * that a client that leaves ends the call wherever it stands. Closing an unfinished call cancels it.
 *
 * <p>Confined to the request's thread.
 */
final class StageCall<Q, R> implements AutoCloseable {

    /** Longest time between two pulses. */
    static final int SLICE_MILLIS = 100;

    private static final int CANCEL_MILLIS = 200;

    private final StageKind stage;
    private final BlockingClientCall<Q, R> call;
    private final RequestScope scope;
    private boolean ended;

    StageCall(StageKind stage, BlockingClientCall<Q, R> call, RequestScope scope) {
        this.stage = stage;
        this.call = call;
        this.scope = scope;
    }

    StageKind stage() {
        return stage;
    }

    /** Sends a message as soon as the stage has room for it. */
    void send(Q message) throws StageException {
        if (!untilDone(millis -> call.write(message, millis, TimeUnit.MILLISECONDS))) {
            throw new StageException(stage, "the call was closed before the request was complete");
        }
    }

    /** Says that nothing more will be sent. */
    void complete() {
        call.halfClose();
    }

    /** The next message; null if the stage has ended the call well. */
    @Nullable
    R receive() throws StageException {
        @Nullable R message = untilDone(millis -> call.read(millis, TimeUnit.MILLISECONDS));
        ended |= message == null;
        return message;
    }

    /** Ends the call. Waits a moment for its cancellation, so that interceptors see its end. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        call.cancel("the request has ended", null);
        try {
            while (call.read(CANCEL_MILLIS, TimeUnit.MILLISECONDS) != null) {
                // What was under way is of no use any more.
            }
        } catch (StatusException | TimeoutException cancelled) {
            // As wished.
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
                continue;
            } catch (StatusException failure) {
                ended = true;
                throw new StageException(stage, failure);
            } catch (InterruptedException shutdown) {
                Thread.currentThread().interrupt();
                throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
            }
        }
    }

    private interface Attempt<T> {
        T within(int millis) throws InterruptedException, TimeoutException, StatusException;
    }
}

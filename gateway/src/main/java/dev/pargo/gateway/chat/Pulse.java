package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.ClientGoneException;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What happens between two waits of a request: is its client still there, and does it need a sign of life? */
final class Pulse implements Runnable {

    private static final long INTERVAL_NANOS = 50_000_000;

    private final BooleanSupplier clientGone;
    private final @Nullable Answer answer;
    private long last = System.nanoTime();

    /** Of a request that has no answer yet. */
    Pulse(BooleanSupplier clientGone) {
        this(clientGone, null);
    }

    Pulse(BooleanSupplier clientGone, @Nullable Answer answer) {
        this.clientGone = clientGone;
        this.answer = answer;
    }

    /**
     * Looks, unless it has just looked.
     *
     * @throws ClientGoneException if nobody waits for the answer any more
     */
    @Override
    public void run() {
        long now = System.nanoTime();
        if (now - last < INTERVAL_NANOS) {
            return;
        }
        last = now;
        if (clientGone.getAsBoolean()) {
            throw new ClientGoneException();
        }
        if (answer == null) {
            return;
        }
        try {
            answer.idle();
        } catch (IOException closed) {
            throw new ClientGoneException();
        }
    }
}

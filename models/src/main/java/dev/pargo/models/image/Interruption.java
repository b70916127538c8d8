package dev.pargo.models.image;

import java.util.concurrent.CancellationException;

/** How decoding and resizing are cancelled: interrupt their thread, and they stop within a few rows. */
public final class Interruption {

    private Interruption() {}

    /**
     * Stops the work of a thread that was interrupted. The thread stays interrupted.
     *
     * @throws CancellationException if it was
     */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
    }
}

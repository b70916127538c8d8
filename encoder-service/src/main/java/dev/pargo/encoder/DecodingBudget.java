package dev.pargo.encoder;

import dev.pargo.models.image.file.OpenImage;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * Bounds what large images may cost together: the memory of those being decoded, and the work that is waiting or in
 * progress. Images get memory in order: one that waits for memory is not overtaken. Thread-safe.
 */
final class DecodingBudget {

    /** Memory is counted in units of this many bytes. */
    private static final int UNIT = 1024;

    /** A cautious estimate, used only to tell a refused client when to try again. */
    private static final long PIXELS_A_MILLISECOND = 20_000;

    private final int units;
    private final Semaphore memory;
    private final long maxWork;
    private long work;

    /**
     * @param bytes   memory of all images that are being decoded
     * @param maxWork pixels of all images that are waiting or being decoded; a single image may exceed it
     */
    DecodingBudget(long bytes, long maxWork) {
        this.units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT));
        this.memory = new Semaphore(units, true);
        this.maxWork = maxWork;
    }

    /**
     * Admits an image.
     *
     * @return close it when the image is decoded or cancelled
     * @throws StatusRuntimeException QUEUE_FULL with a retry delay, or IMAGE_TOO_MANY_PIXELS if the image can never be
     *     decoded in this memory
     */
    Share admit(OpenImage image) {
        if (image.memory() / UNIT >= units) {
            throw new StageError(
                            ErrorReason.IMAGE_TOO_MANY_PIXELS,
                            String.format(
                                    Locale.ROOT,
                                    "decoding the image takes %,d bytes of memory; at most %,d are available",
                                    image.memory(),
                                    (long) units * UNIT))
                    .toException();
        }
        synchronized (this) {
            if (work == 0 || image.work() <= maxWork - work) {
                work += image.work();
                return new Share(image);
            }
            throw new StageError(
                            ErrorReason.QUEUE_FULL,
                            "The stage is busy with large images. Try again later.",
                            Duration.ofMillis(1 + work / PIXELS_A_MILLISECOND))
                    .toException();
        }
    }

    /** Pixels that are waiting or being decoded. */
    synchronized long work() {
        return work;
    }

    private synchronized void finish(long done) {
        work -= done;
    }

    /** An image's part of the budget. */
    final class Share implements AutoCloseable {

        private final int needed;
        private final long ownWork;
        private boolean begun;
        private boolean holdsMemory;
        private boolean closed;

        private Share(OpenImage image) {
            this.needed = (int) (image.memory() / UNIT) + 1;
            this.ownWork = image.work();
        }

        /**
         * Waits until there is memory for the image.
         *
         * @return false if the image was cancelled in the meantime
         */
        boolean begin() throws InterruptedException {
            synchronized (this) {
                if (closed) {
                    return false;
                }
                begun = true;
            }
            memory.acquire(needed);
            holdsMemory = true;
            return true;
        }

        /** Cancels the image, unless its thread has begun; that thread closes the share itself. */
        synchronized void abandon() {
            if (!begun) {
                close();
            }
        }

        /** Releases the share; further calls have no effect. */
        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (holdsMemory) {
                memory.release(needed);
            }
            finish(ownWork);
        }
    }
}

package dev.pargo.models.image;

import java.util.stream.IntStream;

/** Divides work on the rows of a large image among the cores. */
public final class Bands {

    private static final int LARGE_PIXELS = 1_000_000;
    private static final int PIXELS_OF_A_BAND = 250_000;

    private Bands() {}

    /** Work on the rows from one up to another; called from several threads at once. */
    @FunctionalInterface
    public interface Band {
        void process(int from, int end);
    }

    /**
     * Processes all rows; those of a small image on this thread.
     *
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static void process(int width, int height, Band band) {
        long pixels = (long) width * height;
        int rows = (int) Math.max(1, PIXELS_OF_A_BAND / width);
        IntStream bands = IntStream.rangeClosed(0, (height - 1) / rows);
        (pixels < LARGE_PIXELS ? bands : bands.parallel()).forEach(i -> {
            Interruption.check();
            band.process(i * rows, Math.min(height, (i + 1) * rows));
        });
    }
}

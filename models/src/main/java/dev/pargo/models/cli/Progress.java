package dev.pargo.models.cli;

import java.io.PrintWriter;

/** Shows one line with the number of bytes written, updated once a second. */
final class Progress {

    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final PrintWriter out;
    private final long total;
    private final long start = System.nanoTime();
    private long shown = start;
    private long written;

    Progress(PrintWriter out, long total) {
        this.out = out;
        this.total = total;
    }

    void add(long bytes) {
        written += bytes;
        if (System.nanoTime() - shown > INTERVAL_NANOS) {
            shown = System.nanoTime();
            show("");
        }
    }

    void finish() {
        show("%n");
    }

    private void show(String end) {
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf("\r%.1f of %.1f GB, %.1f s" + end, written / 1e9, total / 1e9, seconds);
        out.flush();
    }
}

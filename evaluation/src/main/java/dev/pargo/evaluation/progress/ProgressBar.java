package dev.pargo.evaluation.progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows the progress of a task: on a terminal a bar that is redrawn in place, otherwise a line from time to time.
 * Thread-safe.
 */
public final class ProgressBar implements AutoCloseable {

    private static final int WIDTH = 30;
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration NEXT_LINE = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final String task;
    private final int total;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private final int first;
    private int done;
    private long drawn = start;

    /**
     * @param out   where to write
     * @param task  name of the task
     * @param done  steps that are done already
     * @param total steps in all
     */
    public ProgressBar(PrintWriter out, String task, int done, int total) {
        this.out = out;
        this.task = task;
        this.first = done;
        this.done = done;
        this.total = total;
        this.terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }

    /** Counts one step. */
    public synchronized void step() {
        done++;
        long now = System.nanoTime();
        if (now - drawn > (terminal ? REDRAW : NEXT_LINE).toNanos()) {
            drawn = now;
            draw(terminal ? "\r" : "", terminal ? "" : System.lineSeparator());
        }
    }

    @Override
    public synchronized void close() {
        draw(terminal ? "\r" : "", System.lineSeparator());
    }

    private void draw(String before, String after) {
        int filled = total == 0 ? WIDTH : (int) ((long) WIDTH * done / total);
        String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
        out.print(before + "%s [%s] %d/%d, %s".formatted(task, bar, done, total, time()) + after);
        out.flush();
    }

    private String time() {
        double seconds = (System.nanoTime() - start) / 1e9;
        int made = done - first;
        if (made == 0 || done == total) {
            return "%.0f s    ".formatted(seconds);
        }
        return String.format(Locale.ROOT, "%.0f s left   ", seconds / made * (total - done));
    }
}

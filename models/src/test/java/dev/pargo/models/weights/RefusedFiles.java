package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Checks that a bad file is refused at once, by one clear line that names it. */
final class RefusedFiles {

    /**
     * Limit on processor time, including the loading of classes: a refusal takes milliseconds, a bomb would take much
     * longer.
     */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private RefusedFiles() {}

    static void assertRefused(Path file, String problem) {
        assertRefused(() -> Checkpoint.open(file), file, problem);
    }

    static void assertRefused(ThrowingCallable action, Path file, String problem) {
        long start = THREADS.getCurrentThreadCpuTime();
        Throwable refusal = catchThrowable(action);
        Duration taken = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start);

        assertThat(refusal)
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(problem);
        assertThat(refusal.getMessage()).doesNotContain("\n").hasSizeLessThan(8200);
        assertThat(taken).isLessThan(AT_ONCE);
    }
}

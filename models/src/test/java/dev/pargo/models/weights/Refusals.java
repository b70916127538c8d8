package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How a bad file must be refused: by one clear line that names it, and at once. */
final class Refusals {

    /** Far more than a refusal takes and far less than any bomb. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private Refusals() {}

    static void assertRefused(Path file, String problem) {
        assertRefused(() -> Checkpoint.open(file), file, problem);
    }

    static void assertRefused(ThrowingCallable action, Path file, String problem) {
        long start = System.nanoTime();
        Throwable refusal = catchThrowable(action);
        Duration taken = Duration.ofNanos(System.nanoTime() - start);

        assertThat(refusal)
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(problem);
        assertThat(refusal.getMessage()).doesNotContain("\n").hasSizeLessThan(8200);
        assertThat(taken).isLessThan(AT_ONCE);
    }
}

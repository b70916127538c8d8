package dev.pargo.evaluation.acceptance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets one test class run at a time of those that load the whole machine, because one of them promises how long others wait.
 * Test classes run in two processes, so it is a lock on a file.
 */
final class OneAtATime implements BeforeAllCallback, AfterAllCallback {

    private @Nullable FileChannel locked;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        FileChannel file = FileChannel.open(
                Path.of("target/one-at-a-time.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        file.lock();
        locked = file;
    }

    /** Closing the file releases the lock. */
    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (locked != null) {
            locked.close();
        }
    }
}

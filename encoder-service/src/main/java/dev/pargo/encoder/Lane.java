package dev.pargo.encoder;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that prepare images in the order of their arrival. The queue needs no bound of its own: whoever waits in it
 * has been admitted, and leaves it when the call ends. Thread-safe.
 */
final class Lane implements AutoCloseable {

    private final ThreadPoolExecutor threads;

    Lane(String name, int threads) {
        this.threads = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, name));
    }

    /** Runs a task, which is interrupted or never begun if its result is cancelled. */
    void run(Runnable task, CompletableFuture<?> result) {
        FutureTask<?> running = new FutureTask<>(task, null);
        threads.execute(running);
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                running.cancel(true);
                threads.remove(running);
            }
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

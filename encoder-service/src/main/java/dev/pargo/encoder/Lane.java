package dev.pargo.encoder;

import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that decode images, least work first, then in order of arrival. The queue is bounded by admission: all images
 * in it have been admitted, and they leave it when their calls end. Thread-safe.
 */
final class Lane implements AutoCloseable {

    private final ThreadPoolExecutor threads;
    private final AtomicLong arrivals = new AtomicLong();

    Lane(String name, int threads) {
        this.threads = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), task -> new Thread(task, name));
    }

    /**
     * Runs a task. If its result is cancelled, the task is interrupted or never started.
     *
     * @param work estimate that orders the tasks
     */
    void run(Runnable task, long work, CompletableFuture<?> result) {
        Job job = new Job(task, work, arrivals.getAndIncrement());
        threads.execute(job);
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                job.cancel(true);
                threads.remove(job);
            }
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Job extends FutureTask<Void> implements Comparable<Job> {

        private static final Comparator<Job> ORDER =
                Comparator.<Job>comparingLong(job -> job.work).thenComparingLong(job -> job.arrival);

        private final long work;
        private final long arrival;

        Job(Runnable task, long work, long arrival) {
            super(task, null);
            this.work = work;
            this.arrival = arrival;
        }

        @Override
        public int compareTo(Job other) {
            return ORDER.compare(this, other);
        }
    }
}

package dev.pargo.llm.grpc;

import dev.pargo.stage.call.ServedCall;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that prepare requests: they tokenise texts and compile formats. Small requests come first, so that a
 * short question does not wait for a long text. The queue is bounded by the stage's admission, which calls pass before;
 * a call that ends leaves it.
 */
public final class RequestPreparation implements AutoCloseable {

    private final AtomicLong order = new AtomicLong();
    private final ThreadPoolExecutor threads;

    /** At least two threads, so that one large request does not delay the others. */
    public RequestPreparation() {
        int count = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new PriorityBlockingQueue<>(),
                task -> new Thread(task, "request-preparation"));
    }

    /**
     * Runs a step of a call as soon as a thread is free.
     *
     * @param size size of the request; smaller requests come first
     */
    void run(ServedCall<?> call, int size, Runnable step) {
        Task task = new Task(size, order.getAndIncrement(), () -> call.attempt(step));
        call.whenOver(() -> threads.remove(task));
        threads.execute(task);
    }

    private record Task(int size, long order, Runnable step) implements Runnable, Comparable<Task> {

        @Override
        public void run() {
            step.run();
        }

        @Override
        public int compareTo(Task other) {
            return size == other.size ? Long.compare(order, other.order) : Integer.compare(size, other.size);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

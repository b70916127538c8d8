package dev.pargo.llm.grpc;

import dev.pargo.stage.call.ServedCall;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that make a request of what a client has sent: they tokenise its text and compile its format. Small requests
 * go first, so that nobody's short question waits for another's book. The queue is bounded by the stage's admission, which
 * calls pass before; a call that ends leaves it.
 */
public final class RequestPreparation implements AutoCloseable {

    private final AtomicLong order = new AtomicLong();
    private final ThreadPoolExecutor threads;

    /** At least two threads, so that one large request holds up no other. */
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
     * Does a step of a call as soon as there is a thread for it.
     *
     * @param size of the request, by which steps are ordered
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

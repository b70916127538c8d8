package dev.pargo.evaluation.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests to a target, each on its own thread.
 *
 * <p>In a closed loop, each of {@code c} workers sends its next request when its last one has been answered. In an open
 * loop, requests are due at the times of a Poisson process: gaps are exponential with mean {@code 1 / rate}. A
 * request's time is measured from when it is due, so that a slow endpoint cannot hide its queue. In a round, all
 * targets get the same arrival times.
 */
final class LoadGenerator implements AutoCloseable {

    private final RequestTimer timer;
    private final int turns;
    private final long seed;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param turns questions of a conversation, in a closed loop; a worker has one conversation after another
     * @param seed  of arrival times
     */
    LoadGenerator(RequestTimer timer, int turns, long seed) {
        this.timer = timer;
        this.turns = turns;
        this.seed = seed;
    }

    /**
     * Loads a target until the budget is used up, and waits for the last answer.
     *
     * @param round seeds the random arrival times
     */
    List<Sample> run(TestedEndpoint target, Level level, Budget budget, int round) throws InterruptedException {
        List<Future<List<Sample>>> parts = level.isOpen()
                ? open(target, level.rate(), budget, new Random(seed + round))
                : closed(target, level.concurrency(), budget);
        List<Sample> samples = new ArrayList<>();
        for (Future<List<Sample>> part : parts) {
            samples.addAll(result(part));
        }
        return samples;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private List<Future<List<Sample>>> closed(TestedEndpoint target, int concurrency, Budget budget) {
        AtomicInteger left = new AtomicInteger(budget.requests());
        long end = System.nanoTime() + budget.time().toNanos();
        List<Future<List<Sample>>> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(concurrency, budget.requests()); i++) {
            workers.add(threads.submit(() -> {
                List<Sample> samples = new ArrayList<>();
                ConversationState conversation = new ConversationState(turns);
                while (System.nanoTime() < end && left.getAndDecrement() > 0) {
                    samples.add(timer.ask(target, next.getAndIncrement(), conversation));
                }
                return samples;
            }));
        }
        return workers;
    }

    private List<Future<List<Sample>>> open(TestedEndpoint target, double rate, Budget budget, Random random)
            throws InterruptedException {
        long start = System.nanoTime();
        long due = start;
        List<Future<List<Sample>>> requests = new ArrayList<>();
        while (requests.size() < budget.requests()
                && due - start < budget.time().toNanos()) {
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            long arrival = due;
            requests.add(threads.submit(() -> List.of(timer.askDue(target, next.getAndIncrement(), arrival))));
            due += (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
        }
        return requests;
    }

    private static List<Sample> result(Future<List<Sample>> part) throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}

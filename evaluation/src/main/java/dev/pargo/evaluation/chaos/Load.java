package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.example.Example;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients that ask one question after another until they are stopped, and check every answer. */
final class Load implements AutoCloseable {

    /** Refused clients retry after this time, sooner than Retry-After says, to measure how long refusals last. */
    private static final int AFTER_REFUSAL_MILLIS = 200;

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> Daemon.thread("client", task));
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final Exchange exchange;
    private final List<Example> questions;
    private final Mix mix;
    private final long begun = System.nanoTime();
    private volatile boolean stopped;

    /**
     * Starts the clients.
     *
     * @param seed seeds what they ask
     */
    Load(Exchange exchange, List<Example> questions, Mix mix, int clients, long seed) {
        this.exchange = exchange;
        this.questions = questions;
        this.mix = mix;
        Random seeds = new Random(seed);
        for (int i = 0; i < clients; i++) {
            Random random = new Random(seeds.nextLong());
            threads.execute(() -> ask(random));
        }
    }

    /** Stops the clients after their current requests, and waits for them. */
    Tally stop() throws InterruptedException {
        stopped = true;
        threads.shutdown();
        if (!threads.awaitTermination(2 * Ask.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("clients do not come to an end");
        }
        return new Tally(List.copyOf(attempts), begun, System.nanoTime());
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }

    /** Sends one more request, in the caller's thread. */
    Attempt send(Ask ask) throws InterruptedException {
        Attempt attempt = exchange.send(ask);
        attempts.add(attempt);
        return attempt;
    }

    private void ask(Random random) {
        try {
            while (!stopped) {
                Attempt attempt = send(mix.next(questions, random));
                if (attempt.outcome() != ClientOutcome.RIGHT && attempt.outcome() != ClientOutcome.CANCELLED) {
                    TimeUnit.MILLISECONDS.sleep(AFTER_REFUSAL_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.pargo.evaluation.attack;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Attackers that act at the same time. */
final class Crowd {

    private static final int PATIENCE_SECONDS = 600;

    private Crowd() {}

    /** The work of one attacker. */
    @FunctionalInterface
    interface Part {

        /**
         * Does the work.
         *
         * @param number number of the attacker, from 0
         */
        void act(int number) throws IOException, InterruptedException;
    }

    /** Runs this many attackers at once, each on its own thread. Broken connections are recorded. */
    static void atOnce(int count, Replies replies, Part part) throws InterruptedException {
        CountDownLatch together = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.execute(() -> {
                try {
                    together.await();
                    act(part, number, replies);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        together.countDown();
        await(threads);
    }

    /** Divides a number of tasks among a few attackers. */
    static void share(int count, int attackers, Replies replies, Part part) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(attackers);
        for (int i = 0; i < attackers; i++) {
            threads.execute(() -> {
                for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    try {
                        act(part, number, replies);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            });
        }
        await(threads);
    }

    private static void act(Part part, int number, Replies replies) throws InterruptedException {
        try {
            part.act(number);
        } catch (IOException closed) {
            replies.addClosed();
        }
    }

    private static void await(ExecutorService threads) throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            threads.shutdownNow();
            throw new IllegalStateException("an attack does not end");
        }
    }
}

package dev.pargo.llm.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stops the engine's thread after a request's first token until the test lets it continue. */
final class Standstill implements Runnable {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public void run() {
        begun.countDown();
        try {
            over.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    Standstill begun() throws InterruptedException {
        if (!begun.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no first token");
        }
        return this;
    }

    void end() {
        over.countDown();
    }
}

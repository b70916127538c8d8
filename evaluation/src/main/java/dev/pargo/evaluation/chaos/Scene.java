package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The context of a fault.
 *
 * @param load   the clients that ask during the fault
 * @param usual  longest time that a client waits without a fault; it depends on how busy the machine is
 * @param broken broken promises that the fault itself noticed
 */
record Scene(Cluster cluster, Exchange exchange, AnswerBook book, Load load, Duration usual, List<String> broken) {

    Scene(Cluster cluster, Exchange exchange, AnswerBook book, Load load, Duration usual) {
        this(cluster, exchange, book, load, usual, new CopyOnWriteArrayList<>());
    }

    /** The replica that faults are injected into: the first. */
    Replica victim(ServiceKind kind) {
        return cluster.replica(kind, 0);
    }

    /** Waits. */
    void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /**
     * Waits for the next right answer, and checks that it takes no longer than the usual time and the given one
     * together.
     */
    void expectAnswerWithin(Duration time) throws InterruptedException {
        long start = System.nanoTime();
        long limit = start + 5 * time.toNanos();
        while (System.nanoTime() < limit) {
            if (load.attempts().stream()
                    .anyMatch(attempt -> attempt.outcome() == Outcome.RIGHT && attempt.ended() > start)) {
                break;
            }
            pass(Duration.ofMillis(20));
        }
        long waited = System.nanoTime() - start;
        if (waited > time.plus(usual).toNanos()) {
            broken.add("no answer within %.1f s of readiness".formatted(waited / 1e9));
        }
    }
}

package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The context of a fault. Confined to the thread that injects it. */
final class Scene {

    private static final Duration SERVED_AGAIN = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final AnswerBook book;
    private final Load load;
    private final List<String> broken = new ArrayList<>();
    private @Nullable Long ready;

    /**
     * @param load the clients that ask during the fault
     */
    Scene(Cluster cluster, AnswerBook book, Load load) {
        this.cluster = cluster;
        this.book = book;
        this.load = load;
    }

    Cluster cluster() {
        return cluster;
    }

    AnswerBook book() {
        return book;
    }

    Load load() {
        return load;
    }

    /** The replica that faults are injected into: the first. */
    ProxiedReplica victim(ServiceKind kind) {
        return cluster.replica(kind, 0);
    }

    /** Waits. */
    void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** Records a broken promise that the fault itself has noticed. */
    void broken(String what) {
        broken.add(what);
    }

    /** Says that everything is ready again: clients must be served within 2 s. Gives them more time than that. */
    void readyAgain() throws InterruptedException {
        ready = System.nanoTime();
        pass(SERVED_AGAIN.multipliedBy(2));
    }

    /**
     * The broken promises that do not follow from how requests ended.
     *
     * @param usual longest time that a client waits without a fault
     */
    List<String> broken(Tally tally, Duration usual) {
        List<String> all = new ArrayList<>(broken);
        if (ready != null && tally.gapAfter(ready).compareTo(SERVED_AGAIN.plus(usual)) > 0) {
            all.add("no answer within %.1f s of readiness"
                    .formatted(tally.gapAfter(ready).toMillis() / 1e3));
        }
        return all;
    }
}

package dev.pargo.evaluation.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.DoubleConsumer;

/** A replica of a stage in simulated time: requests wait for a slot, and running requests share the device equally. */
final class SimulatedReplica {

    /** A running request, with the share of its work that remains. */
    private static final class Running {

        private double left = 1;
    }

    private final AnswerTimes times;
    /** Time from which the replica takes requests. */
    private final double ready;

    private final Queue<Double> waiting = new ArrayDeque<>();
    private final List<Running> running = new ArrayList<>();
    private double busy;

    SimulatedReplica(AnswerTimes times, double ready) {
        this.times = times;
        this.ready = ready;
    }

    boolean isReady(double now) {
        return now >= ready;
    }

    int requests() {
        return running.size() + waiting.size();
    }

    int waiting() {
        return waiting.size();
    }

    /** Share of the slots that are taken. */
    double taken() {
        return (double) running.size() / times.slots();
    }

    /** Seconds in which the device has computed. */
    double busy() {
        return busy;
    }

    void arrive(double now) {
        waiting.add(now);
    }

    /**
     * Computes for a step of simulated time.
     *
     * @param firstTokens gets the seconds to first token of requests that begin to run
     */
    void advance(double now, double moment, DoubleConsumer firstTokens) {
        while (!waiting.isEmpty() && running.size() < times.slots()) {
            running.add(new Running());
            firstTokens.accept(now - waiting.remove() + times.firstToken(running.size()));
        }
        if (running.isEmpty()) {
            return;
        }
        busy += moment;
        double each = times.rate(running.size()) / running.size() * moment;
        for (Iterator<Running> i = running.iterator(); i.hasNext(); ) {
            Running one = i.next();
            one.left -= each;
            if (one.left <= 0) {
                i.remove();
            }
        }
    }
}

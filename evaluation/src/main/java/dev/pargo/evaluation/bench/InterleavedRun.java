package dev.pargo.evaluation.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures targets so that they can be compared. Every level is measured in rounds, the targets in turn, every second
 * round in reverse order. A temporary slowdown of the machine then affects all targets.
 */
final class InterleavedRun {

    private final List<TestedEndpoint> targets;
    private final int rounds;
    private final Slo slo;
    private final Runnable progress;

    /**
     * @param progress called after every round of a target
     */
    InterleavedRun(List<TestedEndpoint> targets, int rounds, Slo slo, Runnable progress) {
        this.targets = List.copyOf(targets);
        this.rounds = rounds;
        this.slo = slo;
        this.progress = progress;
    }

    /** Measures every target at every level, one after another, so that they do not disturb each other. */
    List<Measurement> measure(List<Level> levels, Budget budget, LoadGenerator load) throws InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        for (Level level : levels) {
            Map<TestedEndpoint, List<List<Sample>>> samples = new LinkedHashMap<>();
            targets.forEach(target -> samples.put(target, new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (TestedEndpoint target : order(round)) {
                    samples.get(target).add(load.run(target, level, budget.split(rounds), round));
                    progress.run();
                }
            }
            samples.forEach((target, seen) -> measurements.add(Measurement.of(target, level, slo, seen)));
        }
        return measurements;
    }

    private List<TestedEndpoint> order(int round) {
        List<TestedEndpoint> order = new ArrayList<>(targets);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }
}

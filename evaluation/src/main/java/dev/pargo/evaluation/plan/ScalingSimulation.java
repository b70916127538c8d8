package dev.pargo.evaluation.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One stage that Kubernetes scales, under a recorded load, in steps of simulated time.
 *
 * <p>Scaling is KEDA's with a HorizontalPodAutoscaler: every 15 s the need is the largest value of ceil(total / target)
 * of all measures; a need within 10 % of the current replicas changes nothing. Replicas are at most doubled, or 2 are
 * added, in 15 s. They are removed when the highest need of {@code scaleDownSeconds} allows it, at most half of them in
 * a minute. A new replica takes requests when it has started. A removed replica finishes its requests.
 */
final class ScalingSimulation {

    private static final double MOMENT = 0.05;
    private static final double SYNC = 15;
    private static final double TOLERANCE = 0.1;
    private static final double FIRST_TOKEN_WINDOW = 120;
    private static final double BUSY_WINDOW = 60;

    private final ScalingRule rule;
    private final AnswerTimes times;
    private final double startSeconds;
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final List<SimulatedReplica> leaving = new ArrayList<>();
    private final Deque<double[]> recentFirstTokens = new ArrayDeque<>();
    private final Deque<double[]> busyHistory = new ArrayDeque<>();
    private final Deque<double[]> needs = new ArrayDeque<>();
    private final List<Double> firstTokens = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private double busyOfGone;

    private ScalingSimulation(ScalingRule rule, AnswerTimes times, double startSeconds) {
        this.rule = rule;
        this.times = times;
        this.startSeconds = startSeconds;
    }

    /**
     * Plays a load.
     *
     * @param arrivals     times of the requests in seconds, ascending
     * @param startSeconds from the decision for a replica until it takes requests
     */
    static Result run(double[] arrivals, ScalingRule rule, AnswerTimes times, double startSeconds) {
        ScalingSimulation simulation = new ScalingSimulation(rule, times, startSeconds);
        simulation.play(arrivals);
        return simulation.result();
    }

    private void play(double[] arrivals) {
        for (int i = 0; i < rule.least(); i++) {
            replicas.add(new SimulatedReplica(times, 0));
        }
        double end = arrivals.length == 0 ? 0 : arrivals[arrivals.length - 1] + SYNC;
        int next = 0;
        double sync = SYNC;
        for (double now = 0; now < end; now += MOMENT) {
            while (next < arrivals.length && arrivals[next] <= now) {
                double arrival = arrivals[next++];
                leastLoaded(now).ifPresent(replica -> replica.arrive(arrival));
            }
            compute(now);
            if (now >= sync) {
                scale(now);
                counts.add(replicas.size());
                sync += SYNC;
            }
        }
    }

    private Optional<SimulatedReplica> leastLoaded(double now) {
        return replicas.stream()
                .filter(replica -> replica.isReady(now))
                .min(Comparator.comparingInt(SimulatedReplica::requests));
    }

    private void compute(double now) {
        for (List<SimulatedReplica> group : List.of(replicas, leaving)) {
            for (SimulatedReplica replica : group) {
                replica.advance(now, MOMENT, seconds -> {
                    firstTokens.add(seconds);
                    recentFirstTokens.add(new double[] {now, seconds});
                });
            }
        }
        leaving.removeIf(replica -> {
            boolean empty = replica.requests() == 0;
            busyOfGone += empty ? replica.busy() : 0;
            return empty;
        });
    }

    private void scale(double now) {
        int need = Math.min(rule.most(), Math.max(rule.least(), need(now)));
        needs.add(new double[] {now, need});
        forget(needs, now - rule.scaleDownSeconds());
        int present = replicas.size();
        int held = (int) needs.stream().mapToDouble(one -> one[1]).max().orElse(need);
        if (need > present) {
            int allowed = Math.max(2 * present, present + 2);
            for (int i = present; i < Math.min(need, allowed); i++) {
                replicas.add(new SimulatedReplica(times, now + startSeconds));
            }
        } else if (held < present) {
            // Half of them in a minute means an eighth, or one, in each of four rounds.
            int removed = Math.min(present - held, Math.max(1, present / 8));
            for (int i = 0; i < removed; i++) {
                leaving.add(replicas.remove(replicas.size() - 1));
            }
        }
    }

    private int need(double now) {
        int present = replicas.size();
        forget(recentFirstTokens, now - FIRST_TOKEN_WINDOW);
        int need = 1;
        for (var target : rule.targets().entrySet()) {
            double total = measure(target.getKey(), now);
            double ratio = total / target.getValue() / present;
            int wanted = Math.abs(ratio - 1) <= TOLERANCE ? present : (int) Math.ceil(total / target.getValue());
            need = Math.max(need, wanted);
        }
        return need;
    }

    private double measure(String name, double now) {
        return switch (name) {
            case "requests" ->
                replicas.stream().mapToInt(SimulatedReplica::requests).sum();
            case "queued" ->
                replicas.stream().mapToInt(SimulatedReplica::waiting).sum();
            case "kv" -> replicas.stream().mapToDouble(SimulatedReplica::taken).sum();
            case "busy" -> busyDevices(now);
            case "firstTokenSeconds" -> replicas.size() * recentFirstToken();
            default -> throw new IllegalArgumentException("unknown measure " + name);
        };
    }

    /** Average number of devices that were busy in the last minute. */
    private double busyDevices(double now) {
        double busy = busyOfGone
                + replicas.stream().mapToDouble(SimulatedReplica::busy).sum()
                + leaving.stream().mapToDouble(SimulatedReplica::busy).sum();
        busyHistory.add(new double[] {now, busy});
        forget(busyHistory, now - BUSY_WINDOW);
        double[] oldest = busyHistory.getFirst();
        return now > oldest[0] ? (busy - oldest[1]) / (now - oldest[0]) : 0;
    }

    private double recentFirstToken() {
        double[] sorted =
                recentFirstTokens.stream().mapToDouble(one -> one[1]).sorted().toArray();
        return sorted.length == 0 ? 0 : Plan.at(sorted, 0.95);
    }

    private static void forget(Deque<double[]> history, double before) {
        while (!history.isEmpty() && history.getFirst()[0] < before) {
            history.removeFirst();
        }
    }

    private Result result() {
        double[] sorted =
                firstTokens.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Result(
                sorted.length == 0 ? 0 : Plan.at(sorted, 0.5),
                sorted.length == 0 ? 0 : Plan.at(sorted, 0.95),
                counts.stream().mapToInt(Integer::intValue).average().orElse(rule.least()),
                counts.stream().mapToInt(Integer::intValue).max().orElse(rule.least()),
                changes());
    }

    private int changes() {
        int changes = 0;
        for (int i = 1; i < counts.size(); i++) {
            changes += counts.get(i).equals(counts.get(i - 1)) ? 0 : 1;
        }
        return changes;
    }

    /**
     * The result of a load.
     *
     * @param firstTokenP50 seconds
     * @param firstTokenP95 seconds
     * @param meanReplicas  average number of replicas, including starting ones
     * @param mostReplicas  largest number of replicas at one time
     * @param changes       how often the number of replicas changed
     */
    record Result(double firstTokenP50, double firstTokenP95, double meanReplicas, int mostReplicas, int changes) {}
}

package dev.pargo.evaluation.plan;

import java.util.random.RandomGenerator;

/**
 * Replicas that write several answers at once, each more slowly the more there are: an LLM with continuous batching.
 *
 * <p>With n requests in a replica, min(n, slots) of them run, and together they are answered at the rate r(n). This is
 * processor sharing with a rate that depends on the load. The number of requests in a replica has the probabilities
 * p(n) ~ product of lambda / r(i) for i = 1..n, for any distribution of the answers' lengths (J. W. Cohen, The multiple
 * phase service network with generalized processor sharing, Acta Informatica 12, 1979; for n beyond the slots an
 * approximation). Arriving requests see the same probabilities (PASTA). The time of a request that finds n others is
 * computed as if there were n + 1 all the time.
 */
final class SharedQueue implements Queue {

    /** States with less than this share of the probability are left out. */
    private static final double NEGLIGIBLE = 1e-9;

    private final AnswerTimes times;
    private final int replicas;
    private final double ratePerReplica;
    private final double[] cumulated;

    /**
     * @param rate requests per second of all replicas
     * @throws IllegalArgumentException if the replicas cannot answer this rate
     */
    SharedQueue(double rate, AnswerTimes times, int replicas) {
        this.times = times;
        this.replicas = replicas;
        this.ratePerReplica = rate / replicas;
        if (utilisation() >= 1) {
            throw new IllegalArgumentException("%s requests per second are too many".formatted(rate));
        }
        this.cumulated = cumulate();
    }

    /** The smallest number of replicas with at most this utilisation. */
    static SharedQueue within(double utilisation, double rate, AnswerTimes times) {
        double each = times.highestRate() * utilisation;
        return new SharedQueue(rate, times, Math.max(1, (int) Math.ceil(rate / each)));
    }

    int replicas() {
        return replicas;
    }

    @Override
    public double utilisation() {
        return ratePerReplica / times.highestRate();
    }

    private double[] cumulate() {
        int most = times.slots() + (int) Math.ceil(Math.log(NEGLIGIBLE) / Math.log(utilisation()));
        double[] sums = new double[most + 1];
        double weight = 1;
        double sum = 0;
        for (int n = 0; n <= most; n++) {
            weight *= n == 0 ? 1 : ratePerReplica / times.rate(n);
            sum += weight;
            sums[n] = sum;
        }
        for (int n = 0; n <= most; n++) {
            sums[n] /= sum;
        }
        return sums;
    }

    /** The number of requests that an arriving request finds, as a random value. */
    private int found(RandomGenerator random) {
        double share = random.nextDouble();
        int n = 0;
        while (n < cumulated.length - 1 && cumulated[n] < share) {
            n++;
        }
        return n;
    }

    @Override
    public double response(RandomGenerator random) {
        return answer(random).total();
    }

    Answer answer(RandomGenerator random) {
        int present = found(random) + 1;
        int running = Math.min(present, times.slots());
        double wait = (present - running) / times.highestRate();
        return new Answer(wait + times.firstToken(running), wait + running / times.rate(running));
    }

    /** Seconds from arrival to the first token and to the last. */
    record Answer(double firstToken, double total) {}
}

package dev.pargo.evaluation.plan;

import java.util.random.RandomGenerator;

/**
 * Replicas that compute one request after another, each in the same time: an encoder or a projector. Batching is
 * assumed to bring no gain, as on a CPU.
 *
 * <p>Waiting times are those of M/G/c by Allen and Cunneen (A. O. Allen, Probability, Statistics, and Queueing Theory,
 * 2nd edition, 1990, section 5.3.4): Erlang's C formula times (1 + 0) / 2, because arrivals are Poisson's and service
 * times do not vary. A request waits with the probability C; its waiting time is then exponential. One queue for all
 * replicas is assumed; choosing the less loaded of two comes close to it.
 *
 * @param rate    requests per second
 * @param service seconds of one request
 */
record SingleQueue(double rate, double service, int replicas) implements Queue {

    /** The smallest number of replicas with at most this utilisation. */
    static SingleQueue within(double utilisation, double rate, double service) {
        return new SingleQueue(rate, service, Math.max(1, (int) Math.ceil(rate * service / utilisation)));
    }

    @Override
    public double utilisation() {
        return rate * service / replicas;
    }

    /** Erlang's C: the probability that a request waits; by the recursion of Erlang's B, which does not overflow. */
    double waits() {
        double load = rate * service;
        double blocked = 1;
        for (int servers = 1; servers <= replicas; servers++) {
            blocked = load * blocked / (servers + load * blocked);
        }
        double utilisation = utilisation();
        return blocked / (1 - utilisation + utilisation * blocked);
    }

    /** Mean waiting time. */
    double meanWait() {
        return waits() * meanIfWaiting();
    }

    private double meanIfWaiting() {
        return service / (replicas - rate * service) / 2;
    }

    @Override
    public double response(RandomGenerator random) {
        double wait = random.nextDouble() < waits() ? random.nextExponential() * meanIfWaiting() : 0;
        return wait + service;
    }
}

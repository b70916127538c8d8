package dev.pargo.evaluation.plan;

import java.util.random.RandomGenerator;

/** Replicas of a stage under random (Poisson) arrivals. All times are in seconds. */
interface Queue {

    /** Share of the most requests that the replicas can answer; less than 1. */
    double utilisation();

    /** The time that a request spends here, as one of its random values. */
    double response(RandomGenerator random);
}

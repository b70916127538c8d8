package dev.pargo.evaluation.plan;

import java.util.random.RandomGenerator;

/** Replicas of a stage under random (Poisson) arrivals. All times are in seconds. */
interface Queue {

    /** Utilisation: the rate of requests divided by the largest rate that the replicas can answer; less than 1. */
    double utilisation();

    /** One random value of the time that a request spends in the queue and in service. */
    double response(RandomGenerator random);
}

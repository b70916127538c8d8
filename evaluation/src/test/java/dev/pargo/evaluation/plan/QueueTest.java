package dev.pargo.evaluation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.evaluation.plan.AnswerTimes.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueTest {

    private static final int SAMPLES = 200_000;

    private static double mean(Queue queue) {
        Random random = new Random(4);
        return IntStream.range(0, SAMPLES)
                .mapToDouble(i -> queue.response(random))
                .average()
                .orElseThrow();
    }

    @Test
    void erlangsFormulaIsThatOfTheTables() {
        // A load of 8 erlangs on 10 servers: 0.4092.
        assertThat(new SingleQueue(8, 1, 10).waits()).isCloseTo(0.4092, within(1e-4));
        assertThat(new SingleQueue(0.5, 1, 1).waits()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void oneReplicaWaitsAsPollaczekAndKhinchineSay() {
        // M/D/1: rho s / (2 (1 - rho)).
        assertThat(new SingleQueue(0.8, 1, 1).meanWait()).isCloseTo(2, within(1e-9));
        assertThat(mean(new SingleQueue(0.8, 1, 1))).isCloseTo(3, within(0.05));
    }

    @Test
    void sharingAnUnchangingRateIsTheQueueOfTheTextbooks() {
        // M/M/1 with processor sharing: s / (1 - rho); many slots, and a step that costs twice for two answers.
        AnswerTimes times = new AnswerTimes(0, 10, List.of(new Step(1, 0.01), new Step(2, 0.02)), 200);

        assertThat(times.highestRate()).isCloseTo(10, within(1e-9));
        assertThat(mean(new SharedQueue(6, times, 1))).isCloseTo(0.1 / 0.4, within(0.01));
    }

    @Test
    void aBatchThatCostsLittleMoreAnswersMore() {
        AnswerTimes times = new AnswerTimes(0.01, 20, List.of(new Step(1, 0.005), new Step(8, 0.006)), 8);

        assertThat(times.rate(1)).isCloseTo(1 / 0.11, within(1e-9));
        assertThat(times.rate(8)).isCloseTo(8 / 0.2, within(1e-9));
        assertThat(times.rate(100)).isEqualTo(times.rate(8));
        assertThat(SharedQueue.within(0.7, 280, times).replicas()).isEqualTo(10);
    }

    /** The formula against a simulation of single requests. */
    @Test
    void sharedQueueForetellsWhatASimulationShows() {
        AnswerTimes times = new AnswerTimes(0.02, 24, List.of(new Step(1, 0.004), new Step(8, 0.008)), 8);
        double rate = 0.6 * times.highestRate();
        Random random = new Random(2);
        List<Double> totals = new ArrayList<>();
        SimulatedReplica replica = new SimulatedReplica(times, 0);
        double due = 0;
        double requestSeconds = 0;
        int arrived = 0;
        for (double now = 0; now < 2_000; now += 0.002) {
            for (; due <= now; due += random.nextExponential() / rate, arrived++) {
                replica.arrive(now);
            }
            replica.advance(now, 0.002, totals::add);
            requestSeconds += replica.requests() * 0.002;
        }

        // Little's law.
        assertThat(mean(new SharedQueue(rate, times, 1))).isCloseTo(requestSeconds / arrived, within(0.02));
        assertThat(totals).hasSizeGreaterThan(10_000);
    }
}

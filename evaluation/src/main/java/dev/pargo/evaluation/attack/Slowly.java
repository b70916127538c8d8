package dev.pargo.evaluation.attack;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A step that is repeated slowly. */
final class Slowly {

    private Slowly() {}

    /** One step. */
    @FunctionalInterface
    interface Step {

        /** Does the step. Returns whether to go on. */
        boolean take() throws IOException;
    }

    /** Repeats a step, with a pause in milliseconds between repetitions, up to a number of times. */
    static void every(int millis, int times, Step step) throws IOException, InterruptedException {
        for (int i = 0; i < times && step.take(); i++) {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    }
}

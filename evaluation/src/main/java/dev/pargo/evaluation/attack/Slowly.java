package dev.pargo.evaluation.attack;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Something that is done now and then. */
final class Slowly {

    private Slowly() {}

    /** One time of many. */
    @FunctionalInterface
    interface Step {

        /** Does it; whether to go on. */
        boolean take() throws IOException;
    }

    /** Takes a step every so many milliseconds, at most so many times. */
    static void every(int millis, int times, Step step) throws IOException, InterruptedException {
        for (int i = 0; i < times && step.take(); i++) {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    }
}

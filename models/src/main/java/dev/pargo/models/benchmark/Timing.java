package dev.pargo.models.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Measures the time of work that has run before, so that warm-up is not included. */
final class Timing {

    private Timing() {}

    /** @return milliseconds */
    static double once(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e6;
    }

    /** @return milliseconds */
    static double median(int times, Runnable work) {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(once(work));
        }
        return median(all);
    }

    static double median(List<Double> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }
}

package dev.pargo.evaluation.bench;

import java.util.Locale;

/**
 * The load on an endpoint.
 *
 * @param concurrency requests that are always in flight (closed loop); 0 for an open loop
 * @param rate        requests that arrive per second, at random times, whether or not earlier ones are answered
 */
record Level(int concurrency, double rate) {

    static Level closed(int concurrency) {
        return new Level(concurrency, 0);
    }

    static Level open(double rate) {
        return new Level(0, rate);
    }

    boolean isOpen() {
        return concurrency == 0;
    }

    String label() {
        return isOpen() ? String.format(Locale.ROOT, "%s/s", rate) : String.valueOf(concurrency);
    }
}

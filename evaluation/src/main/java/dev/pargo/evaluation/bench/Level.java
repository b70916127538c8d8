package dev.pargo.evaluation.bench;

import java.util.Locale;

/**
 * How hard an endpoint is pressed.
 *
 * @param concurrency requests that are always under way, each followed by the next at once; 0 for an open loop
 * @param rate        requests that arrive in a second, at random times, whether or not earlier ones are answered
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

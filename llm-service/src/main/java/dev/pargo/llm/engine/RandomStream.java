package dev.pargo.llm.engine;

import java.util.SplittableRandom;

/**
 * A sequence's random numbers, addressed by position, so that reading a number does not change any state: position
 * {@code n} has the {@code n}th number of {@code new SplittableRandom(seed)}. Immutable.
 */
record RandomStream(long seed) {

    /** SplitMix64 adds this to its state for every number. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** The number at a position, in [0, 1). */
    double at(int position) {
        return new SplittableRandom(seed + position * GOLDEN_GAMMA).nextDouble();
    }
}

package dev.pargo.models.llm;

import java.util.List;

/**
 * How a rotary embedding is scaled for contexts longer than it was trained on. Source: {@code modeling_rope_utils.py}
 * of transformers.
 */
public sealed interface RopeScaling {

    /**
     * Scales the frequencies.
     *
     * @param frequencies {@code theta^(-2i / width)} for each pair i, in radians per position
     * @param theta       base of the geometric series
     * @param width       width of a head
     */
    double[] apply(double[] frequencies, double theta, int width);

    /** Factor on cosines and sines. */
    default double attentionFactor() {
        return 1;
    }

    /** Longest context in tokens that this scaling supports. */
    default int context(int published) {
        return published;
    }

    /** No scaling. */
    record None() implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta, int width) {
            return frequencies;
        }
    }

    /** Linear scaling: all frequencies are divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta, int width) {
            double[] slowed = frequencies.clone();
            for (int i = 0; i < slowed.length; i++) {
                slowed[i] /= factor;
            }
            return slowed;
        }
    }

    /**
     * Llama 3's scaling. A pair that makes more than {@code highFactor} turns within the original context keeps its
     * frequency. The frequency of a pair that makes fewer than {@code lowFactor} turns is divided by {@code factor}.
     * Between these limits the two are blended.
     */
    record Llama3(double factor, double lowFactor, double highFactor, int originalContext) implements RopeScaling {

        @Override
        public double[] apply(double[] frequencies, double theta, int width) {
            double[] scaled = frequencies.clone();
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = scale(scaled[i]);
            }
            return scaled;
        }

        private double scale(double frequency) {
            double turns = originalContext * frequency / (2 * Math.PI);
            if (turns > highFactor) {
                return frequency;
            }
            if (turns < lowFactor) {
                return frequency / factor;
            }
            double blend = (turns - lowFactor) / (highFactor - lowFactor);
            return (1 - blend) * frequency / factor + blend * frequency;
        }
    }

    /**
     * YaRN. Pairs that make more than {@code fast} turns within the original context keep their frequency. The
     * frequency of pairs that make fewer than {@code slow} turns is divided by {@code factor}. In between there is a
     * linear ramp over the indices of the pairs.
     *
     * @param truncates whether the ramp's ends are rounded to whole indices
     */
    record Yarn(double factor, double fast, double slow, int originalContext, boolean truncates, double attentionFactor)
            implements RopeScaling {

        /** The attention factor if the configuration gives none. */
        static double attention(double factor, double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
        }

        @Override
        public double[] apply(double[] frequencies, double theta, int width) {
            double low = pair(fast, theta, width);
            double high = pair(slow, theta, width);
            if (truncates) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, width - 1);
            if (low == high) {
                high += 0.001;
            }
            double[] scaled = frequencies.clone();
            for (int i = 0; i < scaled.length; i++) {
                double slowed = Math.max(0, Math.min(1, (i - low) / (high - low)));
                scaled[i] = scaled[i] / factor * slowed + scaled[i] * (1 - slowed);
            }
            return scaled;
        }

        /** The fractional index of the pair that makes this many turns within the original context. */
        private double pair(double turns, double theta, int width) {
            return width * Math.log(originalContext / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }

        @Override
        public int context(int published) {
            return Math.max(published, (int) Math.min(Integer.MAX_VALUE, Math.round(originalContext * factor)));
        }
    }

    /**
     * LongRoPE with its factors for short contexts. The reference switches to other factors when a sequence becomes
     * longer than the original context, so the context is limited to that length.
     *
     * @param factors divisor of each pair's frequency
     */
    record LongRope(List<Double> factors, int originalContext, double attentionFactor) implements RopeScaling {

        public LongRope {
            factors = List.copyOf(factors);
        }

        @Override
        public double[] apply(double[] frequencies, double theta, int width) {
            if (factors.size() != frequencies.length) {
                throw new IllegalArgumentException(
                        "rope has %d short factors for %d pairs".formatted(factors.size(), frequencies.length));
            }
            double[] scaled = frequencies.clone();
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] /= factors.get(i);
            }
            return scaled;
        }

        @Override
        public int context(int published) {
            return Math.min(published, originalContext);
        }
    }
}

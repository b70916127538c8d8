package dev.pargo.models.llm;

import org.jspecify.annotations.Nullable;

/**
 * Frequencies of the rotary position embedding: {@code theta^(-2i / width)} for pair i, optionally stretched as Llama 3
 * does for contexts longer than it was trained on.
 *
 * @param theta  base of the geometric series
 * @param llama3 stretching, or null
 */
public record RotaryEmbedding(double theta, @Nullable Llama3Scaling llama3) {

    /**
     * Llama 3's stretching (transformers, {@code _compute_llama3_parameters}). A pair that turns often within the
     * original context keeps its frequency, one that turns seldom is slowed by {@code factor}, and in between the two
     * are blended.
     */
    public record Llama3Scaling(double factor, double lowFactor, double highFactor, int originalContext) {

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

    /** Radians a position, for each of the {@code width / 2} pairs. */
    float[] frequencies(int width) {
        float[] frequencies = new float[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(theta, -2.0 * i / width);
            frequencies[i] = (float) (llama3 == null ? frequency : llama3.scale(frequency));
        }
        return frequencies;
    }
}

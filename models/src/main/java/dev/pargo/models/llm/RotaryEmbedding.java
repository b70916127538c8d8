package dev.pargo.models.llm;

/**
 * A rotary position embedding: pair i is rotated by {@code theta^(-2i / width)} radians per position, before scaling.
 *
 * @param theta   base of the geometric series
 * @param scaling scaling of the frequencies
 */
public record RotaryEmbedding(double theta, RopeScaling scaling) {

    /** Without scaling. */
    public RotaryEmbedding(double theta) {
        this(theta, new RopeScaling.None());
    }

    /** Radians per position for each of the {@code width / 2} pairs. */
    float[] frequencies(int width) {
        double[] series = new double[width / 2];
        for (int i = 0; i < series.length; i++) {
            series[i] = Math.pow(theta, -2.0 * i / width);
        }
        double[] scaled = scaling.apply(series, theta, width);
        float[] frequencies = new float[scaled.length];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) scaled[i];
        }
        return frequencies;
    }
}

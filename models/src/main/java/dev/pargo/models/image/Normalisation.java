package dev.pargo.models.image;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.nio.FloatBuffer;

/** Converts 8-bit levels to a network's input: {@code (level / 255 - mean) / std} for each channel. Thread-safe. */
final class Normalisation {

    private static final int LEVELS = 256;

    /** [channel, level] */
    private final float[][] values = new float[3][LEVELS];

    /**
     * @param mean [3]
     * @param std  [3]
     */
    Normalisation(float[] mean, float[] std) {
        for (int channel = 0; channel < 3; channel++) {
            for (int level = 0; level < LEVELS; level++) {
                values[channel][level] = (level / 255f - mean[channel]) / std[channel];
            }
        }
    }

    /** @return shape [3, height, width], float32 */
    HostTensor apply(RgbImage image) {
        byte[] rgb = image.rgb();
        HostTensor tensor = HostTensor.allocate(DType.FLOAT32, 3, image.height(), image.width());
        FloatBuffer out = tensor.data().asFloatBuffer();
        for (int channel = 0; channel < 3; channel++) {
            for (int at = channel; at < rgb.length; at += 3) {
                out.put(values[channel][rgb[at] & 0xff]);
            }
        }
        return tensor;
    }
}

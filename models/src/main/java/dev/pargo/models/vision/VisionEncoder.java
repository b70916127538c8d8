package dev.pargo.models.vision;

import dev.pargo.models.tensor.HostTensor;
import java.util.List;

/**
 * A vision encoder: images in, one feature vector a patch out.
 *
 * <p>Thread-safe, but meant to be called by one thread at a time: a forward pass already uses the device's threads.
 */
public interface VisionEncoder extends AutoCloseable {

    /** Side of the square input in pixels. */
    int imageSize();

    /** Patches of one image, in raster order; CLS is not among the features. */
    int tokens();

    /** Width of one feature vector. */
    int width();

    /**
     * Encodes a batch.
     *
     * @param pixelValues images of shape [3, imageSize, imageSize], float32, normalised
     * @return features of shape [batch, tokens, width] in the encoder's precision
     */
    HostTensor encode(List<HostTensor> pixelValues);

    @Override
    void close();
}

package dev.pargo.models.vision;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.picture.PictureLayout;

/** Dimensions of a vision encoder. */
public sealed interface VisionConfig extends NetworkConfig permits QwenVitConfig, SquareTower {

    /** Width of one feature vector; features of several layers stand side by side. */
    int width();

    /**
     * The features of a picture.
     *
     * @param pixels pieces that the encoder takes, their cells are pixels
     * @return the same pieces, a row for each feature vector
     */
    PictureLayout layout(PictureLayout pixels);

    /**
     * Most feature vectors of a picture.
     *
     * @param pixels of all its pieces
     */
    long maxTokens(long pixels);

    /**
     * This encoder, if it takes squares of one size.
     *
     * @throws ConfigException if it takes others
     */
    default SquareTower square() {
        if (this instanceof SquareTower tower) {
            return tower;
        }
        throw new ConfigException("a %s encoder takes pictures of any size; a square is needed".formatted(network()));
    }
}

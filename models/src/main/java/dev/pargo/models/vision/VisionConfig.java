package dev.pargo.models.vision;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.network.Packing;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.ParameterSpec;
import java.util.Optional;
import java.util.Set;

/** Dimensions of a vision encoder. */
public sealed interface VisionConfig extends NetworkConfig permits QwenVitConfig, SquareTower {

    /** Width of one feature vector. Features of several layers are concatenated. */
    int width();

    /**
     * The layout of a picture's features.
     *
     * @param pixels layout of the encoder's input, whose cells are pixels
     * @return the same pieces with one cell for each feature vector
     */
    PictureLayout layout(PictureLayout pixels);

    /**
     * The largest number of feature vectors of a picture.
     *
     * @param pixels number of pixels of all its pieces
     */
    long maxTokens(long pixels);

    @Override
    default Set<Precision> integerForms() {
        return Set.of(Precision.INT8);
    }

    /** In 8 bits a block's matrix is copied: a byte for each weight, and for a moment its float32 copy and the integers. */
    @Override
    default Optional<Packing> packing(ParameterSpec parameter, Placement placement) {
        if (placement.precision() != Precision.INT8
                || !parameter.role().startsWith("blocks.")
                || parameter.shape().length != 2) {
            return Optional.empty();
        }
        long elements = parameter.shape()[0] * parameter.shape()[1];
        return Optional.of(new Packing(elements, elements * (Float.BYTES + 1)));
    }

    /**
     * This encoder, if it takes square images of one size.
     *
     * @throws ConfigException if it takes pieces of other shapes
     */
    default SquareTower square() {
        if (this instanceof SquareTower tower) {
            return tower;
        }
        throw new ConfigException("a %s encoder takes pictures of any size; a square is needed".formatted(network()));
    }
}

package dev.pargo.models.vision;

import dev.pargo.models.network.NetworkConfig;

/**
 * Dimensions of a vision transformer over square patches with a class token (CLS) and learned positions.
 *
 * <p>The position table belongs to a square grid, the {@code tableGrid}. Where the image's grid is another, the table is
 * resampled (bicubic, as BLIP-2's {@code interpolate_pos_embed} and transformers' CLIP do).
 */
public sealed interface VisionConfig extends NetworkConfig permits ClipConfig, Eva02Config, EvaGConfig {

    /** Side of the square input in pixels; a multiple of the patch's. */
    int imageSize();

    /** Side of a patch in pixels. */
    int patchSize();

    /** Width of one feature vector. */
    int width();

    /** Side of the position table's grid, in patches. */
    int tableGrid();

    /** Side of the image in patches. */
    default int grid() {
        return imageSize() / patchSize();
    }

    /** Feature vectors of one image: one a patch, CLS is not among them. */
    default int tokens() {
        return grid() * grid();
    }

    /** Rows of the position table: CLS and the grid's patches. */
    default int tableRows() {
        return 1 + tableGrid() * tableGrid();
    }
}

package dev.pargo.models.vision;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;

/**
 * Dimensions of a vision transformer over the patches of a square, with learned positions and often a class token (CLS).
 *
 * <p>The position table belongs to a square grid, the {@code tableGrid}. Where the image's grid is another, the table is
 * resampled (bicubic, as BLIP-2's {@code interpolate_pos_embed} and transformers' CLIP do).
 */
public sealed interface SquareTower extends VisionConfig
        permits ClipConfig, Eva02Config, EvaGConfig, InternVitConfig, SiglipConfig {

    /** Side of the square input in pixels; a multiple of the patch's. */
    int imageSize();

    /** Side of a patch in pixels. */
    int patchSize();

    /** Side of the position table's grid, in patches. */
    int tableGrid();

    /** Side of the image in patches. */
    default int grid() {
        return imageSize() / patchSize();
    }

    /** Feature vectors of one square: one a patch, unless others are asked for. */
    default int tokens() {
        return grid() * grid();
    }

    /** Rows of the position table: CLS and the grid's patches. */
    default int tableRows() {
        return 1 + tableGrid() * tableGrid();
    }

    @Override
    default long maxTokens(long pixels) {
        return pixels / ((long) imageSize() * imageSize()) * tokens();
    }

    @Override
    default PictureLayout layout(PictureLayout pixels) {
        Grid features = tokens() == grid() * grid() ? new Grid(grid(), grid()) : Grid.line(tokens());
        return pixels.map(square -> features);
    }
}

package dev.pargo.models.vision;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;

/**
 * Dimensions of a vision transformer that takes a square image, with learned positions and often a class token (CLS).
 *
 * <p>The position table belongs to a square grid, the {@code tableGrid}. If the image's grid differs, the table is resampled
 * (bicubic, as BLIP-2's {@code interpolate_pos_embed} and transformers' CLIP do).
 */
public sealed interface SquareTower extends VisionConfig
        permits ClipConfig, Eva02Config, EvaGConfig, InternVitConfig, SiglipConfig {

    /** Side of the square input in pixels. Pixels at the right and bottom that do not fill a patch are ignored. */
    int imageSize();

    /** Side of a patch in pixels. */
    int patchSize();

    /** Side of the position table's grid, in patches. */
    int tableGrid();

    /** Side of the image in whole patches. */
    default int grid() {
        return imageSize() / patchSize();
    }

    /** Number of feature vectors of one square image; by default one for each patch. */
    default int tokens() {
        return grid() * grid();
    }

    /** Rows of the position table: one for CLS and one for each patch of the grid. */
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

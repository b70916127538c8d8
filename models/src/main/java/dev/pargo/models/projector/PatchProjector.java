package dev.pargo.models.projector;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;

/** Dimensions of a projector that takes a fixed number of patches and returns a fixed number of visual tokens for each piece. */
public sealed interface PatchProjector extends ProjectorConfig
        permits CAbstractorConfig, LdpConfig, MlpConfig, ParGoConfig {

    /** Number of patch features of one piece. */
    int inputTokens();

    /** Number of visual tokens of one piece. */
    int outputTokens();

    @Override
    default long maxTokens(long features) {
        return features / inputTokens() * outputTokens();
    }

    /**
     * The grid of a piece's visual tokens. If there are as many of them as patches, they keep the grid of the patches. Otherwise
     * they have no two-dimensional order, unless the projector says so.
     */
    default Grid outputGrid(Grid patches) {
        return patches.cells() == outputTokens() ? patches : Grid.line(outputTokens());
    }

    @Override
    default PictureLayout layout(PictureLayout features) {
        return features.map(grid -> {
            if (grid.cells() != inputTokens()) {
                throw new IllegalArgumentException(
                        "a piece has %d features, not %d".formatted(grid.cells(), inputTokens()));
            }
            return outputGrid(grid);
        });
    }
}

package dev.pargo.models.projector;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;

/** Dimensions of a projector that takes a fixed number of patches and gives a fixed number of visual tokens for each piece. */
public sealed interface PatchProjector extends ProjectorConfig
        permits CAbstractorConfig, LdpConfig, MlpConfig, ParGoConfig {

    /** Patch features expected of one piece. */
    int inputTokens();

    /** Visual tokens of one piece. */
    int outputTokens();

    /** The same projector in front of an LLM of another width. */
    PatchProjector withLlmWidth(int width);

    @Override
    default long maxTokens(long features) {
        return features / inputTokens() * outputTokens();
    }

    /** Where each patch passes for itself the grid stays; other visual tokens are no plane. */
    @Override
    default PictureLayout layout(PictureLayout features) {
        return features.map(grid -> {
            if (grid.cells() != inputTokens()) {
                throw new IllegalArgumentException(
                        "a piece has %d features, not %d".formatted(grid.cells(), inputTokens()));
            }
            return grid.cells() == outputTokens() ? grid : Grid.line(outputTokens());
        });
    }
}

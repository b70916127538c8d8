package dev.pargo.projector;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.ProjectorConfig;

/**
 * How many features a projector takes of one picture, and how many visual tokens it makes of them.
 *
 * @param most    features
 * @param mostOut visual tokens
 * @param isFixed whether it is always so many
 */
record TokenRange(int most, int mostOut, boolean isFixed) {

    static TokenRange of(ModelBundle bundle) {
        ProjectorConfig projector = bundle.projector().config();
        if (projector instanceof PatchProjector fixed) {
            return new TokenRange(fixed.inputTokens(), fixed.outputTokens(), true);
        }
        long features = bundle.maxFeatures();
        return new TokenRange(
                Math.toIntExact(features),
                Math.toIntExact(projector.maxTokens(features)),
                bundle.pictures() instanceof WholeImage);
    }
}

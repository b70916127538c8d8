package dev.pargo.projector;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.ProjectorConfig;

/**
 * How many features of one picture a projector accepts, and how many visual tokens it returns for them.
 *
 * @param most    largest number of features
 * @param mostOut largest number of visual tokens
 * @param isFixed whether both numbers are the same for every picture
 */
record TokenRange(int most, int mostOut, boolean isFixed) {

    static TokenRange of(ModelBundle bundle) {
        ProjectorConfig projector = bundle.projector().config();
        if (projector instanceof PatchProjector fixed) {
            return new TokenRange(fixed.inputTokens(), fixed.outputTokens(), true);
        }
        if (bundle.pictures() instanceof WholeImage whole) {
            PictureLayout features = bundle.vision().config().layout(whole.layout(1, 1, true));
            return new TokenRange(features.cells(), projector.layout(features).cells(), true);
        }
        long features = bundle.maxFeatures();
        return new TokenRange(Math.toIntExact(features), Math.toIntExact(projector.maxTokens(features)), false);
    }
}

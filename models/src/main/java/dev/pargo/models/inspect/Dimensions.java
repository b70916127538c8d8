package dev.pargo.models.inspect;

import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.projector.ParGoConfig;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;
import org.jspecify.annotations.Nullable;

/** Describes a network's dimensions in words, beginning with its input and output. */
final class Dimensions {

    private Dimensions() {}

    static String describe(NetworkConfig config) {
        if (config instanceof SquareTower vision) {
            return "%d x %d pixels in patches of %d -> %d features of width %d"
                    .formatted(
                            vision.imageSize(),
                            vision.imageSize(),
                            vision.patchSize(),
                            vision.tokens(),
                            vision.width());
        }
        if (config instanceof VisionConfig vision) {
            return "pictures of any size -> features of width %d".formatted(vision.width());
        }
        if (config instanceof PatchProjector projector) {
            return "%d features of width %d -> %d visual tokens of width %d%s"
                    .formatted(
                            projector.inputTokens(),
                            projector.inputWidth(),
                            projector.outputTokens(),
                            projector.outputWidth(),
                            projector instanceof ParGoConfig pargo ? queries(pargo) : "");
        }
        if (config instanceof ProjectorConfig projector) {
            return widths(projector);
        }
        if (config instanceof DecoderConfig decoder) {
            return "vocabulary %d, width %d, %d layers, %d heads (%d for keys and values), context of %d tokens"
                    .formatted(
                            decoder.vocabulary(),
                            decoder.width(),
                            decoder.layers(),
                            decoder.heads(),
                            decoder.kvHeads(),
                            decoder.context());
        }
        return "";
    }

    /** Describes why a projector does not fit the encoder or the LLM; null if it fits. A part that is unknown is taken to fit. */
    static @Nullable String misfit(
            @Nullable VisionConfig vision, @Nullable ProjectorConfig projector, @Nullable DecoderConfig llm) {
        if (projector == null) {
            return null;
        }
        if (vision != null && !fits(vision, projector)) {
            return "the encoder gives %s of width %d"
                    .formatted(
                            vision instanceof SquareTower tower ? tower.tokens() + " features" : "features",
                            vision.width());
        }
        if (llm == null) {
            return null;
        }
        int width = llm.width() * (1 + llm.style().sideInputs());
        return width == projector.outputWidth() ? null : "the llm takes visual tokens of width %d".formatted(width);
    }

    private static boolean fits(VisionConfig vision, ProjectorConfig projector) {
        boolean counted = vision instanceof SquareTower && projector instanceof PatchProjector;
        return vision.width() == projector.inputWidth()
                && (!counted || vision.square().tokens() == projector.fixed().inputTokens());
    }

    /** The dimensions of a projector that its tensors alone determine. */
    static String widths(ProjectorConfig projector) {
        String tokens = projector instanceof ParGoConfig pargo ? pargo.queries() + " visual tokens" : "visual tokens";
        return "features of width %d -> %s of width %d"
                .formatted(projector.inputWidth(), tokens, projector.outputWidth());
    }

    private static String queries(ParGoConfig pargo) {
        return pargo.partial() == 0
                ? ""
                : " (%d partial, %d global)".formatted(pargo.partial(), pargo.queries() - pargo.partial());
    }
}

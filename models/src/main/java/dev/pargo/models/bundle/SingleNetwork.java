package dev.pargo.models.bundle;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;

/**
 * A directory with one network: a decoder, which is a model that answers text only, or CLIP. Of CLIP, LLaVA uses the output of the
 * second-to-last block.
 */
record SingleNetwork(HuggingFaceDirectory directory) implements PublishedModel {

    private static final int FEATURE_LAYER = -2;

    @Override
    public boolean isWhole() {
        return DecoderConfig.knows(directory.modelType());
    }

    @Override
    public boolean seesPictures() {
        return false;
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        JsonConfig config = directory.config();
        JsonConfig section = switch (directory.modelType()) {
            case "clip" -> config.section("vision_config");
            case "clip_vision_model" -> config;
            default -> throw unknown("clip, clip_vision_model, llava (for a vision encoder)");
        };
        Checkpoint checkpoint = directory.checkpoint();
        return new StoredNetwork<>(ClipConfig.read(section, FEATURE_LAYER, checkpoint), checkpoint);
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        throw unknown("llava (for a projector)");
    }

    @Override
    public StoredNetwork<DecoderConfig> llm() {
        return new StoredNetwork<>(DecoderConfig.read(directory.config(), directory.path()), directory.checkpoint());
    }

    @Override
    public ImageCutter pictures() {
        return directory.cutter(vision().config().square(), false);
    }

    private ConfigException unknown(String known) {
        return directory.config().unknown("model_type", directory.modelType(), known);
    }
}

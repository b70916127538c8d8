package dev.pargo.models.bundle;

import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.MergerConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.InternVitConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import java.util.List;

/**
 * InternVL in the layout of transformers, or converted from its authors': InternViT on tiles and a thumbnail; the projector joins squares of patches
 * and applies two linear layers.
 */
record InternVlModel(HuggingFaceDirectory directory) implements WholeModel {

    @Override
    public StoredNetwork<VisionConfig> vision() {
        List<Integer> layers =
                config().has("vision_feature_layer") ? config().integers("vision_feature_layer") : List.of(-1);
        if (layers.size() != 1) {
            throw config().problem("vision_feature_layer names %d layers, not one".formatted(layers.size()));
        }
        String strategy = config().string("vision_feature_select_strategy", "default");
        if (!strategy.equals("default")) {
            throw config().unknown("vision_feature_select_strategy", strategy, "default (without CLS)");
        }
        Checkpoint checkpoint = tensors().vision();
        return new StoredNetwork<>(
                InternVitConfig.read(config().section("vision_config"), layers.get(0), true, checkpoint), checkpoint);
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        String activation = config().string("projector_hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw config().unknown("projector_hidden_act", activation, "gelu");
        }
        int side = (int) Math.rint(1 / config().number("downsample_ratio", 0.5));
        return new StoredNetwork<>(
                MergerConfig.internVl(
                        vision().config().width(),
                        Math.max(1, side),
                        llm().config().width()),
                tensors().projector());
    }

    @Override
    public PictureNotation notation() {
        return PictureNotation.between("<IMG_CONTEXT>", "<img>", "</img>");
    }
}

package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.AnyResConfig;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.SiglipConfig;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LLaVA-1.5, LLaVA-NeXT and LLaVA-OneVision: a CLIP or SigLIP tower, two linear layers and any decoder. LLaVA-1.5 is also read in
 * its authors' layout, where the tower is in a separate directory.
 */
record LlavaModel(HuggingFaceDirectory directory) implements WholeModel {

    private static final String PREFIX = "vision_model.";
    private static final Pattern ANY_RES = Pattern.compile("anyres_max_([1-9]\\d{0,2})");

    /** Whether the vision tower is in a separate directory. */
    private boolean hasOwnTower() {
        return config().has(OriginalLlava.TOWER) && !config().has("vision_config");
    }

    private HuggingFaceDirectory tower() {
        return HuggingFaceDirectory.open(OriginalLlava.tower(directory.path(), config()));
    }

    @Override
    public PublishedTensors tensors() {
        Checkpoint all = directory.checkpoint();
        return new PublishedTensors(hasOwnTower() ? all.rename(OriginalLlava::rename) : all);
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        Checkpoint checkpoint = tensors().vision().rename(PREFIX::concat);
        if (hasOwnTower() && checkpoint.tensors().isEmpty()) {
            checkpoint = tower().checkpoint();
        }
        return new StoredNetwork<>(tower(visionSection(), checkpoint), checkpoint);
    }

    private JsonConfig visionSection() {
        if (!hasOwnTower()) {
            return config().section("vision_config");
        }
        JsonConfig tower = tower().config();
        return tower.has("vision_config") ? tower.section("vision_config") : tower;
    }

    private SquareTower tower(JsonConfig section, Checkpoint checkpoint) {
        boolean isOneVision = directory.modelType().equals("llava_onevision");
        List<Integer> layers = config().has("vision_feature_layer")
                ? config().integers("vision_feature_layer")
                : List.of(isOneVision ? -1 : -2);
        String strategy = config().string("vision_feature_select_strategy", isOneVision ? "full" : "default");
        if (!strategy.equals("default") && !strategy.equals("full")) {
            throw config().unknown("vision_feature_select_strategy", strategy, "default (without CLS), full");
        }
        boolean dropsFirst = strategy.equals("default");
        String type = section.string("model_type", "clip_vision_model");
        return switch (type) {
            case "clip_vision_model" -> ClipConfig.read(section, layers, dropsFirst, checkpoint);
            case "siglip_vision_model" -> SiglipConfig.read(section, layers, dropsFirst, checkpoint);
            default -> throw section.unknown("model_type", type, "clip_vision_model, siglip_vision_model");
        };
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        return projector(vision().config().square());
    }

    /** The projector for the given tower, which may come from another directory. Each patch is projected on its own. */
    @Override
    public StoredNetwork<ProjectorConfig> projector(SquareTower vision) {
        String activation = config().string("projector_hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw config().unknown("projector_hidden_act", activation, "gelu");
        }
        MlpConfig mlp = MlpConfig.llava(
                vision.tokens(),
                vision.width(),
                llm().config().width(),
                config().flag("multimodal_projector_bias", true));
        return new StoredNetwork<>(
                isFlat() ? mlp : packing(mlp, vision), tensors().projector());
    }

    private boolean isFlat() {
        return directory.modelType().equals("llava");
    }

    private AnyResConfig packing(MlpConfig mlp, SquareTower vision) {
        if (vision.tokens() != vision.grid() * vision.grid()) {
            throw config().problem("vision_feature_select_strategy gives %d features for %d patches; tiles need as many"
                    .formatted(vision.tokens(), vision.grid() * vision.grid()));
        }
        if (directory.modelType().equals("llava_next")) {
            return new AnyResConfig(mlp, vision.grid(), 0);
        }
        Matcher ratio = ANY_RES.matcher(config().string("vision_aspect_ratio", "anyres_max_9"));
        if (!ratio.matches()) {
            throw config().problem("vision_aspect_ratio is not anyres_max_N");
        }
        return new AnyResConfig(mlp, vision.grid(), Integer.parseInt(ratio.group(1)));
    }

    @Override
    public ImageCutter pictures() {
        HuggingFaceDirectory files = hasOwnTower() ? tower() : directory;
        return files.cutter(vision().config().square(), OriginalLlava.pads(config()));
    }
}

package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.image.ResizeMode;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A directory as Hugging Face publishes models: config.json, whose {@code model_type} says what is in it, and weights. A
 * LLaVA directory holds a CLIP tower, a projector and a decoder, but for the tower where its authors published it; others
 * hold one network.
 */
record HuggingFaceDirectory(Path path, JsonConfig config) {

    private static final String LLAVA = "llava";

    /** What LLaVA reads of a vision tower: the output of the last block but one. */
    private static final int FEATURE_LAYER = -2;

    static HuggingFaceDirectory open(Path path) {
        JsonConfig config = JsonConfig.read(path.resolve("config.json"));
        return new HuggingFaceDirectory(path, OriginalLlava.is(config) ? OriginalLlava.toHuggingFace(config) : config);
    }

    String modelType() {
        return config.string("model_type", "");
    }

    boolean isLlava() {
        return modelType().equals(LLAVA);
    }

    /** Whether the vision tower is in a directory of its own. */
    private boolean hasOwnTower() {
        return config.has(OriginalLlava.TOWER) && !config.has("vision_config");
    }

    /** Published configurations do not say it; ours do. */
    boolean hasRandomWeights() {
        return config.flag(ModelBundle.RANDOM_WEIGHTS, false);
    }

    StoredNetwork<VisionConfig> vision() {
        Checkpoint checkpoint = isLlava() ? llavaPart("vision_tower.") : Checkpoint.open(path);
        if (hasOwnTower() && checkpoint.tensors().isEmpty()) {
            checkpoint = Checkpoint.open(tower().path);
        }
        return new StoredNetwork<>(clip(checkpoint), checkpoint);
    }

    /** The tower for images of another size than it was trained on. */
    StoredNetwork<VisionConfig> vision(int imageSize) {
        Checkpoint checkpoint = vision().checkpoint();
        return new StoredNetwork<>(config.make(() -> clip(checkpoint).withImageSize(imageSize)), checkpoint);
    }

    private ClipConfig clip(Checkpoint checkpoint) {
        return switch (modelType()) {
            case LLAVA -> ClipConfig.read(clipSection(), llavaFeatureLayer(), checkpoint);
            case "clip" -> ClipConfig.read(config.section("vision_config"), FEATURE_LAYER, checkpoint);
            case "clip_vision_model" -> ClipConfig.read(config, FEATURE_LAYER, checkpoint);
            default ->
                throw config.unknown(
                        "model_type", modelType(), "clip, clip_vision_model, llava (for a vision encoder)");
        };
    }

    private JsonConfig clipSection() {
        if (hasOwnTower()) {
            JsonConfig tower = tower().config;
            return tower.has("vision_config") ? tower.section("vision_config") : tower;
        }
        JsonConfig section = config.section("vision_config");
        String type = section.string("model_type", "clip_vision_model");
        if (!type.equals("clip_vision_model")) {
            throw section.unknown("model_type", type, "clip_vision_model");
        }
        return section;
    }

    private int llavaFeatureLayer() {
        List<Integer> layers =
                config.has("vision_feature_layer") ? config.integers("vision_feature_layer") : List.of(FEATURE_LAYER);
        String select = config.string("vision_feature_select_strategy", "default");
        if (!select.equals("default")) {
            throw config.unknown("vision_feature_select_strategy", select, "default (patches without CLS)");
        }
        if (layers.size() != 1) {
            throw config.problem("vision_feature_layer names %d layers; one is supported".formatted(layers.size()));
        }
        return layers.get(0);
    }

    StoredNetwork<ProjectorConfig> projector() {
        return projector(vision().config());
    }

    /** The projector behind a tower that may be another directory's: each patch passes for itself. */
    StoredNetwork<ProjectorConfig> projector(VisionConfig vision) {
        if (!isLlava()) {
            throw config.unknown("model_type", modelType(), "llava (for a projector)");
        }
        String activation = config.string("projector_hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw config.unknown("projector_hidden_act", activation, "gelu");
        }
        int llmWidth = DecoderConfig.read(config.section("text_config"), path).width();
        String name = "multi_modal_projector.";
        return new StoredNetwork<>(
                MlpConfig.llava(vision.tokens(), vision.width(), llmWidth),
                llavaPart(name).rename(name::concat));
    }

    StoredNetwork<DecoderConfig> llm() {
        return isLlava()
                ? new StoredNetwork<>(
                        DecoderConfig.read(config.section("text_config"), path), llavaPart("language_model."))
                : new StoredNetwork<>(DecoderConfig.read(config, path), Checkpoint.open(path));
    }

    private HuggingFaceDirectory tower() {
        return open(OriginalLlava.tower(path, config));
    }

    /** A LLaVA network's tensors. Newer files have them under {@code model.}, all but the output layer. */
    private Checkpoint llavaPart(String prefix) {
        return Checkpoint.open(path)
                .rename(name -> {
                    if (name.startsWith("lm_head.")) {
                        return "language_model." + name;
                    }
                    if (hasOwnTower()) {
                        return OriginalLlava.rename(name);
                    }
                    return name.replaceFirst("^model\\.language_model\\.", "language_model.model.")
                            .replaceFirst("^model\\.(?=vision_tower\\.|multi_modal_projector\\.)", "");
                })
                .stripPrefix(prefix);
    }

    Preprocessing preprocessing() {
        Path directory = hasOwnTower() ? tower().path : path;
        JsonConfig processor = JsonConfig.read(directory.resolve("preprocessor_config.json"));
        Preprocessing published = Preprocessing.readProcessor(processor);
        Preprocessing preprocessing =
                OriginalLlava.pads(config) ? published.withMode(ResizeMode.EXPAND_TO_SQUARE) : published;
        int imageSize = vision().config().imageSize();
        if (preprocessing.size() != imageSize) {
            throw processor.problem(
                    "size is %d, the vision encoder's is %d".formatted(preprocessing.size(), imageSize));
        }
        return preprocessing;
    }

    Tokenizer tokenizer() {
        return Tokenizer.open(path);
    }

    /** The program that writes conversations, in Jinja; empty if the directory has none. */
    String chatTemplate() {
        Path file = path.resolve("tokenizer_config.json");
        JsonNode template =
                Files.exists(file) ? JsonConfig.read(file).json().path("chat_template") : MissingNode.getInstance();
        return template.isString() ? template.asString() : "";
    }

    /**
     * A special token of the tokenizer, empty if it has none.
     *
     * @param role      {@code bos_token} or {@code eos_token}
     * @param otherwise the token if the directory does not say
     */
    String specialToken(String role, String otherwise) {
        Path file = path.resolve("tokenizer_config.json");
        if (!Files.exists(file)) {
            return otherwise;
        }
        JsonConfig tokenizer = JsonConfig.read(file);
        if (tokenizer.json().path(role).isObject()) {
            return tokenizer.section(role).string("content");
        }
        return tokenizer.string(role, tokenizer.json().has(role) ? "" : otherwise);
    }
}

package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * LLaVA-1.5 in its authors' layout, e.g. {@code liuhaotian/llava-v1.5-7b}. The decoder's settings and tensors are at the top
 * level, mixed with the projector's, and the vision tower is in a separate directory. This class converts it to the layout of
 * llava-hf. Source: {@code llava_arch.py}, {@code clip_encoder.py} and {@code multimodal_projector/builder.py} of LLaVA's code.
 */
final class OriginalLlava {

    static final String TOWER = "mm_vision_tower";

    private OriginalLlava() {}

    /** Whether a config.json is of this layout. */
    static boolean is(JsonConfig config) {
        return config.string("model_type", "").startsWith("llava") && config.has(TOWER) && !config.has("text_config");
    }

    /**
     * The same configuration in llava-hf's layout, without the tower's section.
     *
     * @throws dev.pargo.models.config.ConfigException if it uses a setting that is not supported
     */
    static JsonConfig toHuggingFace(JsonConfig config) {
        require(config, "mm_projector_type", "linear", "mlp2x_gelu");
        require(config, "mm_vision_select_feature", "patch", "patch");
        require(config, "image_aspect_ratio", "square", "square", "pad");
        require(config, "mm_patch_merge_type", "flat", "flat");
        if (config.flag("mm_use_im_start_end", false)) {
            throw config.problem("mm_use_im_start_end is true; images with tokens around them are not supported");
        }
        ObjectNode decoder = (ObjectNode) config.json().deepCopy();
        decoder.put("model_type", "llama");
        ObjectNode all = ((ObjectNode) config.json().deepCopy()).put("model_type", "llava");
        all.set("text_config", decoder);
        if (config.has("mm_vision_select_layer")) {
            all.set("vision_feature_layer", config.json().get("mm_vision_select_layer"));
        }
        return JsonConfig.of(config.file(), all);
    }

    private static void require(JsonConfig config, String field, String otherwise, String... known) {
        String value = config.string(field, otherwise);
        if (!Set.of(known).contains(value)) {
            throw config.unknown(field, value, String.join(", ", known));
        }
    }

    /** A tensor's name in llava-hf's layout. */
    static String rename(String name) {
        return name.replaceFirst("^model\\.mm_projector\\.0\\.", "multi_modal_projector.linear_1.")
                .replaceFirst("^model\\.mm_projector\\.2\\.", "multi_modal_projector.linear_2.")
                .replaceFirst("^model\\.vision_tower\\.vision_tower\\.", "vision_tower.")
                .replaceFirst("^model\\.", "language_model.model.");
    }

    /** Whether pictures are padded to a square before they are resized. */
    static boolean pads(JsonConfig config) {
        return config.string("image_aspect_ratio", "").equals("pad");
    }

    /**
     * The vision tower's directory. It is searched for inside the model's directory and next to it, under the tower's full
     * published name and under the last part of that name.
     *
     * @throws dev.pargo.models.config.ConfigException if it is in none of these places
     */
    static Path tower(Path directory, JsonConfig config) {
        Path published = Path.of(config.string(TOWER));
        Path absolute = directory.toAbsolutePath().normalize();
        Set<Path> places = new LinkedHashSet<>();
        for (Path name : List.of(published, published.getFileName())) {
            places.add(absolute.resolve(name));
            places.add(absolute.resolveSibling(name));
        }
        return places.stream()
                .filter(place -> Files.exists(place.resolve("config.json")))
                .findFirst()
                .orElseThrow(() ->
                        config.problem("the vision tower (mm_vision_tower %s) is in none of %s; put its directory there"
                                .formatted(
                                        published,
                                        places.stream().map(Path::toString).collect(Collectors.joining(", ")))));
    }
}

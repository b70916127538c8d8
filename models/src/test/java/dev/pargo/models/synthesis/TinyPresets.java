package dev.pargo.models.synthesis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The presets with small dimensions in their documents; files, names, types and parts are unchanged. */
final class TinyPresets {

    private static final int WIDTH = 64;

    /** Side of a picture or a tile, in pixels. */
    private static final int SIDE = 56;

    private TinyPresets() {}

    static Preset shrink(String name) {
        Preset preset = Preset.named(name);
        preset.documents().forEach((path, document) -> shrink(path, document));
        List<Preset.Weights> weights =
                preset.weights().stream().map(TinyPresets::shrink).toList();
        return new Preset(preset.description(), preset.documents(), shrink(preset.tokenizer()), weights);
    }

    private static void shrink(String path, ObjectNode document) {
        if (path.equals("bundle.json")) {
            ((ObjectNode) document.get("image")).put("size", SIDE);
            ((ObjectNode) document.get("vision")).put("width", 2 * WIDTH).put("layers", 2);
            ((ObjectNode) document.get("projector"))
                    .put("num_query_token", 10)
                    .put("num_local_query_token", 8)
                    .put("hidden_size", WIDTH)
                    .put("num_attention_heads", 2)
                    .put("intermediate_size", 96)
                    .put("encoder_width", 2 * WIDTH);
        } else if (document.has("image_processor_type")) {
            processor(document);
        } else if (document.has("architectures")) {
            if (document.has("vision_config")) {
                vision((ObjectNode) document.get("vision_config"));
                document.replace("image_grid_pinpoints", pinpoints());
                decrease(document, Map.of("scale_factor", 2, "mm_tokens_per_image", 4));
            }
            decoder(document.has("text_config") ? (ObjectNode) document.get("text_config") : document);
        }
    }

    private static void processor(ObjectNode document) {
        document.replace("image_grid_pinpoints", pinpoints());
        for (JsonNode size :
                document.properties().stream().map(Map.Entry::getValue).toList()) {
            if (size instanceof ObjectNode sides && !document.has("merge_size")) {
                decrease(sides, Map.of("height", SIDE, "width", SIDE, "shortest_edge", SIDE));
                decrease(sides, Map.of("longest_edge", size == document.get("size") ? 4 * SIDE : SIDE));
            }
        }
    }

    private static ArrayNode pinpoints() {
        ArrayNode pinpoints = JsonNodeFactory.instance.arrayNode();
        for (int rows = 1; rows <= 2; rows++) {
            for (int columns = 1; columns <= 2; columns++) {
                pinpoints.addArray().add(rows * SIDE).add(columns * SIDE);
            }
        }
        return pinpoints;
    }

    /** Changes the fields that exist. */
    private static void decrease(ObjectNode document, Map<String, Integer> fields) {
        fields.forEach((field, value) -> {
            if (document.has(field)) {
                document.put(field, value);
            }
        });
    }

    private static void vision(ObjectNode config) {
        for (String side : List.of("image_size", "patch_size")) {
            int value = side.equals("image_size") ? SIDE : 14;
            if (config.path(side).isArray()) {
                config.putArray(side).add(value).add(value);
            } else if (config.has("image_size")) {
                config.put(side, value);
            }
        }
        config.put("hidden_size", WIDTH).put("intermediate_size", 96);
        decrease(
                config,
                Map.of(
                        "num_hidden_layers",
                        3,
                        "depth",
                        3,
                        "num_attention_heads",
                        2,
                        "num_heads",
                        2,
                        "window_size",
                        56));
        config.replace(
                "fullatt_block_indexes", JsonNodeFactory.instance.arrayNode().add(1));
        config.replace(
                "deepstack_visual_indexes",
                JsonNodeFactory.instance.arrayNode().add(0).add(1));
    }

    private static void decoder(ObjectNode config) {
        config.put("hidden_size", WIDTH)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("intermediate_size", 96)
                .put("vocab_size", 1100)
                .put("head_dim", WIDTH / 4);
        if (config.path("rope_scaling").has("mrope_section")) {
            ((ObjectNode) config.get("rope_scaling"))
                    .putArray("mrope_section")
                    .add(4)
                    .add(2)
                    .add(2);
        }
    }

    private static Preset.Tokenizer shrink(Preset.Tokenizer tokenizer) {
        if (tokenizer.control() == null) {
            return tokenizer;
        }
        Map<String, Integer> control = new LinkedHashMap<>();
        tokenizer.control().keySet().forEach(token -> control.put(token, 1000 + control.size()));
        return new Preset.Tokenizer(tokenizer.path(), 1100, control);
    }

    private static Preset.Weights shrink(Preset.Weights weights) {
        @Nullable Long shardBytes = weights.shardBytes() == null ? null : Long.valueOf(200_000);
        return new Preset.Weights(
                weights.path(),
                weights.dtype(),
                shardBytes,
                weights.parts().stream().map(TinyPresets::shrink).toList());
    }

    private static Preset.Part shrink(Preset.Part part) {
        Preset.@Nullable Lora lora =
                part.lora() == null ? null : new Preset.Lora(4, part.lora().target());
        @Nullable Map<String, long[]> tensors = part.tensors();
        if (tensors != null) {
            Map<String, long[]> small = new LinkedHashMap<>();
            tensors.forEach((name, shape) -> small.put(
                    name, LongStream.of(shape).map(size -> Math.min(size, 8)).toArray()));
            tensors = small;
        }
        @Nullable Integer repeat = part.repeat() == null ? null : Integer.valueOf(2);
        return new Preset.Part(part.network(), lora, tensors, part.prefix(), part.replaces(), part.dtype(), repeat);
    }
}

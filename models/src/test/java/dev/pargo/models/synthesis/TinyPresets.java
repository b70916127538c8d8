package dev.pargo.models.synthesis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The presets with small dimensions in their documents; files, names, types and parts are left as they are. */
final class TinyPresets {

    private static final int WIDTH = 64;

    private TinyPresets() {}

    static Preset shrink(String name) {
        Preset preset = Preset.named(name);
        preset.documents().forEach((path, document) -> shrink(path, document));
        List<Preset.Weights> weights =
                preset.weights().stream().map(TinyPresets::shrink).toList();
        return new Preset(preset.description(), preset.documents(), preset.tokenizer(), weights);
    }

    private static void shrink(String path, ObjectNode document) {
        if (path.equals("bundle.json")) {
            ((ObjectNode) document.get("image")).put("size", 56);
            ((ObjectNode) document.get("vision")).put("width", 2 * WIDTH).put("layers", 2);
            ((ObjectNode) document.get("projector"))
                    .put("num_query_token", 10)
                    .put("num_local_query_token", 8)
                    .put("hidden_size", WIDTH)
                    .put("num_attention_heads", 2)
                    .put("intermediate_size", 96)
                    .put("encoder_width", 2 * WIDTH);
        } else if (document.has("vision_config")) {
            ((ObjectNode) document.get("vision_config"))
                    .put("image_size", 56)
                    .put("num_hidden_layers", 3)
                    .put("hidden_size", WIDTH)
                    .put("num_attention_heads", 2)
                    .put("intermediate_size", 96);
            decoder((ObjectNode) document.get("text_config"));
        } else if (document.has("crop_size")) {
            ((ObjectNode) document.get("crop_size")).put("height", 56).put("width", 56);
            ((ObjectNode) document.get("size")).put("shortest_edge", 56);
        } else if (document.has("architectures")) {
            decoder(document);
        }
    }

    private static void decoder(ObjectNode config) {
        config.put("hidden_size", WIDTH)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("intermediate_size", 96)
                .put("vocab_size", 1100)
                .remove("head_dim");
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
        return new Preset.Part(part.network(), lora, tensors, part.prefix(), part.dtype(), repeat);
    }
}

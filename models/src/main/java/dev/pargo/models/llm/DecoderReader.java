package dev.pargo.models.llm;

import dev.pargo.models.config.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads published configurations of decoders. Defaults are those of the family's configuration class in transformers.
 */
final class DecoderReader {

    private final JsonConfig config;
    private final DecoderFamily family;
    private final DecoderFamily.Defaults defaults;

    /** @throws dev.pargo.models.config.ConfigException if the architecture is unknown */
    DecoderReader(JsonConfig config) {
        this.config = config;
        String modelType = config.string("model_type", "");
        this.family = DecoderFamily.ofModelType(modelType)
                .orElseThrow(() -> config.unknown("model_type", modelType, DecoderFamily.known()));
        this.defaults = family.defaults();
    }

    /** @param directory may hold a generation_config.json; its EOS ids take precedence */
    DecoderConfig read(Path directory) {
        requireKnownParts();
        int width = config.size("hidden_size", defaults.width());
        int heads = config.size("num_attention_heads", defaults.heads());
        int layers = config.size("num_hidden_layers", defaults.layers());
        int headWidth = config.size("head_dim", defaults.headWidth() == 0 ? width / heads : defaults.headWidth());
        List<LayerAttention> attention = attention(layers);
        // In InternLM2's configuration class, bias is true by default.
        boolean bias = switch (family) {
            case INTERNLM2 -> config.flag("bias", true);
            case QWEN2 -> true;
            case LLAMA, MISTRAL, QWEN3, GEMMA3 -> config.flag("attention_bias", false);
        };
        int published = config.size("max_position_embeddings", defaults.context());
        int context = attention.stream()
                .mapToInt(layer -> layer.rope().scaling().context(published))
                .min()
                .orElse(published);
        return config.make(() -> new DecoderConfig(
                family,
                config.size("vocab_size", defaults.vocabulary()),
                width,
                layers,
                heads,
                config.size("num_key_value_heads", defaults.kvHeads() == 0 ? heads : defaults.kvHeads()),
                headWidth,
                config.size("intermediate_size", defaults.intermediate()),
                config.number("rms_norm_eps", 1e-6),
                attention,
                axes(),
                context,
                bias,
                bias && family != DecoderFamily.QWEN2,
                config.flag("tie_word_embeddings", family == DecoderFamily.GEMMA3),
                eos(directory.resolve("generation_config.json")),
                style(width, headWidth)));
    }

    private void requireKnownParts() {
        String field = family == DecoderFamily.GEMMA3 ? "hidden_activation" : "hidden_act";
        String known = family == DecoderFamily.GEMMA3 ? "gelu_pytorch_tanh" : "silu";
        String activation = config.string(field, known);
        if (!activation.equals(known)) {
            throw config.unknown(field, activation, known);
        }
        for (String softcapping : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
            if (config.has(softcapping)) {
                throw config.problem(softcapping + " is set, which is not supported");
            }
        }
        if (config.flag("use_bidirectional_attention", false)) {
            throw config.problem("use_bidirectional_attention is true, which is not supported");
        }
    }

    private DecoderStyle style(int width, int headWidth) {
        return switch (family) {
            case GEMMA3 -> DecoderStyle.gemma3(width, config.number("query_pre_attn_scalar", 256));
            case QWEN3 -> DecoderStyle.plain(headWidth, true);
            case INTERNLM2, LLAMA, MISTRAL, QWEN2 -> DecoderStyle.plain(headWidth, false);
        };
    }

    private PositionAxes axes() {
        JsonConfig rope = ropeSection();
        return config.make(
                () -> new PositionAxes(rope.integers("mrope_section"), rope.flag("mrope_interleaved", false)));
    }

    private List<LayerAttention> attention(int layers) {
        boolean[] slides = slides(layers);
        boolean some = IntStream.range(0, layers).anyMatch(i -> slides[i]);
        int window = some ? config.size("sliding_window", defaults.window()) : 0;
        LayerAttention full = new LayerAttention(rope("full_attention", 10_000, true), 0);
        LayerAttention sliding = family == DecoderFamily.GEMMA3
                ? new LayerAttention(
                        rope("sliding_attention", config.number("rope_local_base_freq", 10_000), false), window)
                : new LayerAttention(full.rope(), window);
        return IntStream.range(0, layers)
                .mapToObj(layer -> slides[layer] ? sliding : full)
                .toList();
    }

    /** Tells for each layer whether it has a sliding window. */
    private boolean[] slides(int layers) {
        boolean[] slides = new boolean[layers];
        List<String> types = config.strings("layer_types");
        if (!types.isEmpty() && types.size() < layers) {
            throw config.problem("layer_types names %d layers of %d".formatted(types.size(), layers));
        }
        for (int layer = 0; layer < layers; layer++) {
            slides[layer] = types.isEmpty() ? slidesByDefault(layer) : slides(types.get(layer));
        }
        return slides;
    }

    private boolean slides(String type) {
        return switch (type) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default -> throw config.unknown("layer_types", type, "full_attention, sliding_attention");
        };
    }

    private boolean slidesByDefault(int layer) {
        return switch (family) {
            case GEMMA3 -> {
                int pattern = config.size("sliding_window_pattern", config.size("_sliding_window_pattern", 6));
                yield (layer + 1) % pattern != 0;
            }
            case QWEN2, QWEN3 ->
                config.has("sliding_window")
                        && config.flag("use_sliding_window", false)
                        && layer >= config.integer("max_window_layers", 28);
            case MISTRAL -> config.has("sliding_window");
            case INTERNLM2, LLAMA -> false;
        };
    }

    /** The section with the RoPE scaling. In newer configurations it also holds the base. */
    private JsonConfig ropeSection() {
        return config.sectionOrEmpty(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    }

    /**
     * A rotary embedding.
     *
     * @param layerType name of the subsection for this kind of layer, if each kind has its own
     * @param theta     base if the configuration gives none
     * @param scaled    whether the base and scaling that are given for all layers apply
     */
    private RotaryEmbedding rope(String layerType, double theta, boolean scaled) {
        JsonConfig section = ropeSection();
        if (section.has(layerType)) {
            JsonConfig own = section.section(layerType);
            return new RotaryEmbedding(own.number("rope_theta", theta), scaling(own));
        }
        if (!scaled) {
            return new RotaryEmbedding(theta);
        }
        double named = config.number("rope_theta", family == DecoderFamily.GEMMA3 ? 1_000_000 : theta);
        return new RotaryEmbedding(section.number("rope_theta", named), scaling(section));
    }

    private RopeScaling scaling(JsonConfig section) {
        String type = section.string("rope_type", section.string("type", "default"));
        return switch (type) {
            // "dynamic" has no effect up to max_position_embeddings, which is our limit. "mrope" only defines the axes.
            case "default", "dynamic", "mrope" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(section.number("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        section.number("factor"),
                        section.number("low_freq_factor"),
                        section.number("high_freq_factor"),
                        section.size("original_max_position_embeddings"));
            case "yarn" -> yarn(section);
            case "longrope" -> longRope(section);
            default -> throw section.unknown("rope_type", type, "default, linear, dynamic, llama3, yarn, longrope");
        };
    }

    private int originalContext(JsonConfig section) {
        String field = "original_max_position_embeddings";
        return section.size(field, config.size(field, config.size("max_position_embeddings", defaults.context())));
    }

    private RopeScaling yarn(JsonConfig section) {
        double factor = section.number("factor");
        double attention = RopeScaling.Yarn.attention(factor, 1);
        if (section.number("mscale", 0) != 0 && section.number("mscale_all_dim", 0) != 0) {
            attention = RopeScaling.Yarn.attention(factor, section.number("mscale"))
                    / RopeScaling.Yarn.attention(factor, section.number("mscale_all_dim"));
        }
        return new RopeScaling.Yarn(
                factor,
                section.number("beta_fast", 32),
                section.number("beta_slow", 1),
                originalContext(section),
                section.flag("truncate", true),
                section.number("attention_factor", attention));
    }

    private RopeScaling longRope(JsonConfig section) {
        int original = originalContext(section);
        double factor = config.has("original_max_position_embeddings")
                ? (double) config.size("max_position_embeddings", defaults.context()) / original
                : section.number("factor", 1);
        double attention = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(
                section.numbers("short_factor"), original, section.number("attention_factor", attention));
    }

    private List<Integer> eos(Path generation) {
        String field = "eos_token_id";
        if (Files.exists(generation)) {
            List<Integer> ids = JsonConfig.read(generation).integers(field);
            if (!ids.isEmpty()) {
                return ids;
            }
        }
        if (config.has(field)) {
            return config.integers(field);
        }
        return defaults.eos() < 0 ? new ArrayList<>() : List.of(defaults.eos());
    }
}

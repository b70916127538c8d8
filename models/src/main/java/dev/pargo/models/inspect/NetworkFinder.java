package dev.pargo.models.inspect;

import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.projector.ParGoConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.Eva02Config;
import dev.pargo.models.vision.EvaGConfig;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.LoraAdapter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the networks in a checkpoint that has no configuration. Each kind of network is recognised by a tensor that only it has,
 * and its dimensions are read from the shapes of its tensors. Dimensions that shapes do not determine, such as the number of
 * heads, are not needed to check that a network is complete.
 */
final class NetworkFinder {

    /** The networks that can be found, for error messages. */
    static final String KNOWN = "EVA-02-CLIP, EVA ViT-g and CLIP towers; ParGo, Q-Former, linear, MLP and LLaVA"
            + " projectors; InternLM2, Llama, Mistral and Qwen2 decoders; LoRA adapters";

    /** Placeholder for dimensions that shapes do not determine and the check for completeness does not need. */
    private static final int UNKNOWN = 1;

    private static final String LLAVA = "multi_modal_projector.";

    private static final Pattern FUSION = Pattern.compile("query_tokens|(ln_vision|ParGo|llm_proj)\\..*");

    private static final Pattern ATTENTION = Pattern.compile(
            "(?<prefix>(.*\\.)?)model\\.layers\\.\\d+\\.(attention\\.wqkv|self_attn\\.q_proj)\\.weight");

    private final Checkpoint checkpoint;
    private final List<NetworkReport> found = new ArrayList<>();
    private final Set<String> claimed = new HashSet<>();

    private NetworkFinder(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    /** The networks found, and the tensors that belong to none of them. */
    record Findings(List<NetworkReport> networks, Checkpoint other) {}

    /** @param checkpoint tensors under their normalised names */
    static Findings find(Checkpoint checkpoint) {
        NetworkFinder finder = new NetworkFinder(checkpoint);
        finder.towers("blocks.0.attn.inner_attn_ln.weight", NetworkFinder::eva02);
        finder.towers("blocks.0.attn.qkv.weight", NetworkFinder::evaG);
        finder.towers("vision_model.embeddings.class_embedding", NetworkFinder::clip);
        finder.projectors();
        finder.decoders();
        finder.adapter();
        return new Findings(finder.found, checkpoint.filter(name -> !finder.claimed.contains(name)));
    }

    /** Takes the tensors whose names match. They no longer count as other tensors. */
    private Checkpoint claim(Predicate<String> names) {
        Checkpoint part = checkpoint.filter(names);
        claimed.addAll(part.tensors().keySet());
        return part;
    }

    /** Adds a network whose dimensions are read from shapes. If the shapes contradict each other, adds a report that says so. */
    private void report(String part, String source, Supplier<NetworkReport> network) {
        try {
            found.add(network.get());
        } catch (IllegalArgumentException e) {
            found.add(NetworkReport.unknown(part, source, e.getMessage()));
        }
    }

    /**
     * Adds a tower for each tensor whose name ends with the mark. The text before the mark is the prefix of the tower's tensor
     * names.
     */
    private void towers(String mark, Function<ShapeReader, NetworkConfig> config) {
        for (String name : checkpoint.tensors().keySet()) {
            if (name.equals(mark) || name.endsWith("." + mark)) {
                String prefix = name.substring(0, name.length() - mark.length());
                Checkpoint tower = claim(other -> other.startsWith(prefix)).stripPrefix(prefix);
                report("encoder", prefix + "*", () -> {
                    NetworkConfig dimensions = config.apply(new ShapeReader(tower));
                    return NetworkReport.of(
                            "encoder",
                            prefix + "*",
                            dimensions.network(),
                            Dimensions.describe(dimensions),
                            dimensions,
                            tower);
                });
            }
        }
    }

    private static Eva02Config eva02(ShapeReader shapes) {
        int patch = shapes.size("patch_embed.proj.weight", 2);
        int grid = grid(shapes.size("pos_embed", 1));
        return new Eva02Config(
                grid * patch,
                patch,
                shapes.size("cls_token", 2),
                shapes.layers("blocks."),
                UNKNOWN,
                shapes.size("blocks.0.mlp.w1.weight", 0),
                grid,
                0);
    }

    private static EvaGConfig evaG(ShapeReader shapes) {
        int patch = shapes.size("patch_embed.proj.weight", 2);
        int grid = grid(shapes.size("pos_embed", 1));
        return new EvaGConfig(
                grid * patch,
                patch,
                shapes.size("cls_token", 2),
                shapes.layers("blocks."),
                UNKNOWN,
                shapes.size("blocks.0.mlp.fc1.weight", 0),
                0,
                grid);
    }

    private static ClipConfig clip(ShapeReader shapes) {
        String embeddings = "vision_model.embeddings.";
        int patch = shapes.size(embeddings + "patch_embedding.weight", 2);
        int grid = grid(shapes.size(embeddings + "position_embedding.weight", 0));
        return new ClipConfig(
                grid * patch,
                patch,
                shapes.size(embeddings + "class_embedding", 0),
                shapes.layers("vision_model.encoder.layers."),
                UNKNOWN,
                shapes.size("vision_model.encoder.layers.0.mlp.fc1.weight", 0),
                true,
                0,
                grid);
    }

    /** @param rows rows of the position table: one for CLS and one for each patch of a square */
    private static int grid(int rows) {
        int grid = (int) Math.round(Math.sqrt(rows - 1));
        if (grid * grid != rows - 1) {
            throw new IllegalArgumentException("%d positions are not those of CLS and a square".formatted(rows));
        }
        return grid;
    }

    private void projectors() {
        ShapeReader shapes = new ShapeReader(checkpoint);
        if (shapes.has("query_tokens")) {
            projector("ParGo or Q-Former (its manifest tells)", "", FUSION, NetworkFinder::pargo);
        } else if (shapes.has("llm_proj.weight")) {
            projector("linear", "", FUSION, all -> mlp(all, "llm_proj"));
        } else if (shapes.has("llm_proj.0.weight")) {
            projector("mlp", "", FUSION, all -> mlp(all, "llm_proj.0", "llm_proj.2"));
        }
        if (shapes.has(LLAVA + "linear_1.weight")) {
            projector(
                    "llava-mlp",
                    LLAVA + "*",
                    Pattern.compile(Pattern.quote(LLAVA) + ".*"),
                    all -> mlp(all, LLAVA + "linear_1", LLAVA + "linear_2"));
        }
    }

    private void projector(
            String network, String source, Pattern names, Function<ShapeReader, ProjectorConfig> config) {
        Checkpoint projector = claim(name -> names.matcher(name).matches());
        report("projector", source, () -> {
            ProjectorConfig dimensions = config.apply(new ShapeReader(projector));
            return NetworkReport.of("projector", source, network, Dimensions.widths(dimensions), dimensions, projector);
        });
    }

    private static ParGoConfig pargo(ShapeReader shapes) {
        String bert = "ParGo.bert.";
        String layer = bert + "encoder.layer.";
        int layers = shapes.layers(layer);
        int crossEvery = 1;
        while (crossEvery < layers && !shapes.has(layer + crossEvery + ".crossattention.self.key.weight")) {
            crossEvery++;
        }
        return new ParGoConfig(
                shapes.size("query_tokens", 1),
                0,
                UNKNOWN,
                shapes.size(layer + "0.crossattention.self.key.weight", 1),
                shapes.size("query_tokens", 2),
                layers,
                UNKNOWN,
                shapes.size(layer + "0.intermediate_query.dense.weight", 0),
                crossEvery,
                shapes.size(bert + "embeddings.position_embeddings.weight", 0),
                shapes.size("llm_proj.weight", 0),
                0,
                Collections.nCopies(layers, -1),
                shapes.has("ln_vision.weight") ? 0.0 : null);
    }

    private static MlpConfig mlp(ShapeReader shapes, String... names) {
        boolean normed = shapes.has("ln_vision.weight");
        int in = shapes.size(names[0] + ".weight", 1);
        int encoderWidth = normed ? shapes.size("ln_vision.weight", 0) : in;
        int joined = Math.max(1, in / encoderWidth);
        List<MlpConfig.Layer> layers = Stream.of(names)
                .map(name -> new MlpConfig.Layer(name, shapes.size(name + ".weight", 0)))
                .toList();
        return new MlpConfig("", joined, joined, encoderWidth, layers, normed ? 0.0 : null);
    }

    /** Adds decoders. The number of heads is only in config.json, so missing tensors cannot be reported. */
    private void decoders() {
        Map<String, String> attentions = new LinkedHashMap<>();
        for (String name : checkpoint.tensors().keySet()) {
            Matcher attention = ATTENTION.matcher(name);
            if (attention.matches()) {
                attentions.putIfAbsent(attention.group("prefix"), name);
            }
        }
        attentions.forEach((prefix, attention) -> {
            Checkpoint decoder = claim(name -> name.startsWith(prefix)
                            && name.substring(prefix.length()).matches("(model|output|lm_head)\\..*"))
                    .stripPrefix(prefix);
            report("llm", prefix + "*", () -> {
                String dimensions = "%d layers of width %d; heads and completeness need its config.json"
                        .formatted(
                                new ShapeReader(decoder).layers("model.layers."),
                                new ShapeReader(checkpoint).size(attention, 1));
                return NetworkReport.of("llm", prefix + "*", family(attention), dimensions, decoder);
            });
        });
    }

    private String family(String attention) {
        if (attention.endsWith("wqkv.weight")) {
            return "internlm2";
        }
        boolean biased = checkpoint.tensors().containsKey(attention.replaceFirst("weight$", "bias"));
        return biased ? "qwen2" : "llama or mistral";
    }

    private void adapter() {
        Checkpoint adapter = claim(LoraAdapter::isAdapterTensor);
        if (!adapter.tensors().isEmpty()) {
            found.add(NetworkReport.ofAdapter("", adapter));
        }
    }
}

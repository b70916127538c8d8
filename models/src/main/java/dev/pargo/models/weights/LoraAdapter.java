package dev.pargo.models.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Low-rank updates of a network's matrices in PEFT's naming: {@code W + alpha / r * B A}. Immutable.
 *
 * <p>Names are those of the base network: everything up to {@code base_model.model.} and the adapter's own part are
 * removed, e.g. {@code llm_model.base_model.model.model.layers.0.attention.wqkv.lora_A.default.weight} belongs to {@code
 * model.layers.0.attention.wqkv.weight}.
 */
public final class LoraAdapter {

    /**
     * The update of one matrix.
     *
     * @param a     [r, in]
     * @param b     [out, r]
     * @param scale alpha / r
     */
    record Delta(StoredTensor a, StoredTensor b, double scale) {

        /** Shape of the matrix that it updates. */
        long[] shape() {
            return new long[] {b.shape()[0], a.shape()[1]};
        }
    }

    private static final LoraAdapter NONE = new LoraAdapter(Map.of());

    private static final Pattern NAME = Pattern.compile(
            "(?:.*\\bbase_model\\.model\\.)?(?<module>.+)\\.lora_(?<matrix>[AB])(?:\\.default)?\\.weight");

    /** Variants of LoRA with another formula, by their switches in {@code adapter_config.json}. */
    private static final List<String> VARIANTS =
            List.of("use_rslora", "use_dora", "fan_in_fan_out", "rank_pattern", "alpha_pattern", "modules_to_save");

    private final Map<String, Delta> deltas;

    private LoraAdapter(Map<String, Delta> deltas) {
        this.deltas = Collections.unmodifiableMap(deltas);
    }

    /** The adapter that changes nothing. */
    public static LoraAdapter none() {
        return NONE;
    }

    /** Whether the name is of an adapter's matrix rather than of a parameter of the network. */
    public static boolean isAdapterTensor(String name) {
        return name.contains(".lora_");
    }

    /**
     * The adapter within a fusion checkpoint; {@link #none()} if it holds none.
     *
     * @param alpha {@code lora_alpha} of the training, which the checkpoint does not hold; r is the matrices' own
     * @throws CheckpointException if a matrix lacks its partner, the two do not fit, or it is of another kind
     */
    public static LoraAdapter of(Checkpoint fusion, double alpha) {
        Map<String, StoredTensor> as = new LinkedHashMap<>();
        Map<String, StoredTensor> bs = new LinkedHashMap<>();
        for (StoredTensor tensor :
                fusion.filter(LoraAdapter::isAdapterTensor).tensors().values()) {
            Matcher matcher = NAME.matcher(tensor.name());
            if (!matcher.matches()) {
                throw new CheckpointException(tensor.file(), "unsupported adapter tensor %s".formatted(tensor.name()));
            }
            Map<String, StoredTensor> side = matcher.group("matrix").equals("A") ? as : bs;
            if (side.put(matcher.group("module") + ".weight", tensor) != null) {
                throw new CheckpointException(tensor.file(), "two adapters for %s".formatted(matcher.group("module")));
            }
        }
        if (!as.keySet().equals(bs.keySet())) {
            throw new CheckpointException("%s: a lora_A without its lora_B, or the reverse".formatted(fusion.source()));
        }
        Map<String, Delta> deltas = new LinkedHashMap<>();
        as.forEach((name, a) -> deltas.put(name, delta(a, bs.get(name), alpha)));
        return new LoraAdapter(deltas);
    }

    private static Delta delta(StoredTensor a, StoredTensor b, double alpha) {
        boolean fit = a.shape().length == 2 && b.shape().length == 2 && a.shape()[0] == b.shape()[1];
        if (!fit || a.shape()[0] == 0) {
            throw new CheckpointException(
                    a.file(),
                    "adapter tensor %s of shape %s does not fit its lora_B of shape %s"
                            .formatted(a.name(), Arrays.toString(a.shape()), Arrays.toString(b.shape())));
        }
        return new Delta(a, b, alpha / a.shape()[0]);
    }

    /**
     * An adapter as PEFT saves it: {@code adapter_config.json} and {@code adapter_model.safetensors} or {@code .bin}.
     *
     * @throws CheckpointException as {@link #of}, or if the configuration asks for a variant of LoRA
     */
    public static LoraAdapter open(Path directory) {
        Path configuration = directory.resolve("adapter_config.json");
        JsonNode json = Json.file(configuration);
        requireNoVariant(configuration, json);
        long rank = positive(configuration, json, "r").asLong();
        double alpha = positive(configuration, json, "lora_alpha").asDouble();
        Path safetensors = directory.resolve("adapter_model.safetensors");
        Checkpoint weights =
                Checkpoint.open(Files.exists(safetensors) ? safetensors : directory.resolve("adapter_model.bin"));
        weights.require(List.of(), LoraAdapter::isAdapterTensor);
        LoraAdapter adapter = of(weights, alpha);
        if (adapter.isEmpty()) {
            throw new CheckpointException(directory, "holds no adapter");
        }
        adapter.deltas.forEach((name, delta) -> {
            if (delta.a().shape()[0] != rank) {
                throw new CheckpointException(
                        configuration,
                        "r is %d, but %s has %d".formatted(rank, name, delta.a().shape()[0]));
            }
        });
        return adapter;
    }

    private static void requireNoVariant(Path configuration, JsonNode json) {
        for (String variant : VARIANTS) {
            JsonNode value = json.path(variant);
            boolean off = value.isMissingNode() || value.isNull() || value.isContainer() && value.isEmpty();
            if (!off && value.asBoolean(true)) {
                throw new CheckpointException(configuration, variant + " is not supported");
            }
        }
    }

    private static JsonNode positive(Path configuration, JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isNumber() || value.asDouble() <= 0) {
            throw new CheckpointException(configuration, field + " is not a positive number");
        }
        return value;
    }

    /** Whether there is an update for a parameter. */
    public boolean updates(String parameter) {
        return deltas.containsKey(parameter);
    }

    public boolean isEmpty() {
        return deltas.isEmpty();
    }

    /**
     * Checks that every update has its parameter.
     *
     * @throws CheckpointException if one has none, or is for another shape
     */
    public void requireTargets(List<ParameterSpec> parameters) {
        Map<String, Delta> unused = new LinkedHashMap<>(deltas);
        for (ParameterSpec parameter : parameters) {
            Delta delta = unused.remove(parameter.name());
            if (delta != null && !Arrays.equals(delta.shape(), parameter.shape())) {
                throw new CheckpointException(
                        delta.a().file(),
                        "the adapter of %s is for shape %s, not %s"
                                .formatted(
                                        parameter.name(),
                                        Arrays.toString(delta.shape()),
                                        Arrays.toString(parameter.shape())));
            }
        }
        unused.forEach((name, delta) -> {
            throw new CheckpointException(
                    delta.a().file(), "there is an adapter for %s, which the network does not have".formatted(name));
        });
    }

    /** The matrices under their published names. */
    public Checkpoint tensors() {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        deltas.values().forEach(delta -> {
            tensors.put(delta.a().name(), delta.a());
            tensors.put(delta.b().name(), delta.b());
        });
        return new Checkpoint("adapter", tensors);
    }

    /** Updates by the name of the parameter. */
    Map<String, Delta> deltas() {
        return deltas;
    }
}

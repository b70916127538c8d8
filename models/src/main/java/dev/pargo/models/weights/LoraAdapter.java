package dev.pargo.models.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Low-rank updates of a network's matrices in PEFT's naming: {@code W + scale * B A}, with the variants that PEFT's
 * {@code LoraConfig} calls {@code use_rslora}, {@code rank_pattern}, {@code alpha_pattern}, {@code use_dora} and {@code
 * init_lora_weights}. Immutable.
 *
 * <p>Names are those of the base network: everything up to {@code base_model.model.} and the adapter's own part are
 * removed, e.g. {@code llm_model.base_model.model.model.layers.0.attention.wqkv.lora_A.default.weight} belongs to {@code
 * model.layers.0.attention.wqkv.weight}.
 */
public final class LoraAdapter {

    /**
     * The update of one matrix W.
     *
     * @param a              [r, in]
     * @param b              [out, r]
     * @param magnitude      [out], the lengths that the rows of the sum get (DoRA); absent if they stay as they are
     * @param scale          alpha / r, or alpha / sqrt(r) for rsLoRA
     * @param initialisation the part that is subtracted from W first
     */
    record Delta(
            StoredTensor a,
            StoredTensor b,
            @Nullable StoredTensor magnitude,
            double scale,
            LoraInitialisation initialisation) {

        /** Shape of the updated matrix. */
        long[] shape() {
            return new long[] {b.shape()[0], a.shape()[1]};
        }

        Stream<StoredTensor> tensors() {
            return Stream.of(a, b, magnitude).filter(Objects::nonNull);
        }

        /** @throws CheckpointException if the tensors do not belong to one update */
        static void requireFit(StoredTensor a, StoredTensor b, @Nullable StoredTensor magnitude) {
            boolean fit = a.shape().length == 2 && b.shape().length == 2 && a.shape()[0] == b.shape()[1];
            if (!fit || a.shape()[0] == 0) {
                throw misfit(a, "its lora_B", b);
            }
            if (magnitude != null && !Arrays.equals(magnitude.shape(), new long[] {b.shape()[0]})) {
                throw misfit(b, "its lora_magnitude_vector", magnitude);
            }
        }

        private static CheckpointException misfit(StoredTensor tensor, String what, StoredTensor other) {
            return new CheckpointException(
                    tensor.file(),
                    "adapter tensor %s of shape %s does not fit %s of shape %s"
                            .formatted(
                                    tensor.name(),
                                    Arrays.toString(tensor.shape()),
                                    what,
                                    Arrays.toString(other.shape())));
        }
    }

    private static final LoraAdapter NONE = new LoraAdapter(Map.of(), Map.of());

    private static final String BASE = "(?:.*\\bbase_model\\.model\\.)?";

    private static final Pattern NAME = Pattern.compile(
            BASE + "(?<module>.+)\\.lora_"
                    + "(?:(?<matrix>[AB])(?:\\.default)?\\.weight|(?<magnitude>magnitude_vector)(?:\\.default)?(?:\\.weight)?)");

    private static final Pattern SAVED =
            Pattern.compile(BASE + "(?<module>.+?)(?:\\.modules_to_save(?:\\.default)?)?\\.(?<parameter>[^.]+)");

    private final Map<String, Delta> deltas;
    private final Map<String, StoredTensor> saved;

    private LoraAdapter(Map<String, Delta> deltas, Map<String, StoredTensor> saved) {
        this.deltas = Collections.unmodifiableMap(deltas);
        this.saved = saved;
    }

    /** An adapter without updates. */
    public static LoraAdapter none() {
        return NONE;
    }

    /** Whether this is the name of an adapter's matrix instead of a parameter of the network. */
    public static boolean isAdapterTensor(String name) {
        return name.contains(".lora_");
    }

    /**
     * The adapter within a fusion checkpoint; {@link #none()} if it holds none.
     *
     * @param alpha {@code lora_alpha} of the training, which the checkpoint does not contain; r follows from the
     *              matrices
     * @throws CheckpointException if one matrix of a pair is missing, the two do not fit, or the kind of adapter is not
     *         supported
     */
    public static LoraAdapter of(Checkpoint fusion, double alpha) {
        return new LoraAdapter(deltas(fusion, LoraSettings.plain(alpha)), Map.of());
    }

    private static Map<String, Delta> deltas(Checkpoint checkpoint, LoraSettings settings) {
        Map<String, StoredTensor> as = new LinkedHashMap<>();
        Map<String, StoredTensor> bs = new LinkedHashMap<>();
        Map<String, StoredTensor> magnitudes = new LinkedHashMap<>();
        for (StoredTensor tensor :
                checkpoint.filter(LoraAdapter::isAdapterTensor).tensors().values()) {
            Matcher matcher = NAME.matcher(tensor.name());
            if (!matcher.matches()) {
                throw new CheckpointException(tensor.file(), "unsupported adapter tensor %s".formatted(tensor.name()));
            }
            Map<String, StoredTensor> side = matcher.group("magnitude") != null
                    ? magnitudes
                    : matcher.group("matrix").equals("A") ? as : bs;
            add(side, matcher.group("module"), tensor, tensor.file());
        }
        if (!as.keySet().equals(bs.keySet()) || !as.keySet().containsAll(magnitudes.keySet())) {
            throw new CheckpointException(
                    "%s: a lora_A without its lora_B, or the reverse, or a lora_magnitude_vector without both"
                            .formatted(checkpoint.source()));
        }
        Map<String, Delta> deltas = new LinkedHashMap<>();
        as.forEach((module, a) ->
                deltas.put(module + ".weight", settings.delta(module, a, bs.get(module), magnitudes.get(module))));
        return deltas;
    }

    private static <T> void add(Map<String, T> map, String name, T value, Path file) {
        if (map.put(name, value) != null) {
            throw new CheckpointException(file, "two adapters for %s".formatted(name));
        }
    }

    /**
     * An adapter as PEFT saves it: {@code adapter_config.json} and {@code adapter_model.safetensors} or {@code .bin}.
     *
     * @throws CheckpointException as {@link #of}, or if the configuration cannot be merged exactly
     */
    public static LoraAdapter open(Path directory) {
        Path configuration = directory.resolve("adapter_config.json");
        JsonNode json = Json.file(configuration);
        LoraSettings settings = LoraSettings.read(configuration, json);
        Path safetensors = directory.resolve("adapter_model.safetensors");
        Checkpoint weights =
                Checkpoint.open(Files.exists(safetensors) ? safetensors : directory.resolve("adapter_model.bin"));
        LoraAdapter adapter = new LoraAdapter(deltas(weights, settings), saved(weights));
        if (adapter.isEmpty()) {
            throw new CheckpointException(directory, "holds no adapter");
        }
        for (JsonNode module : json.path("modules_to_save")) {
            String name = "." + module.asString("") + ".";
            if (adapter.saved.keySet().stream().noneMatch(saved -> ("." + saved).contains(name))) {
                throw new CheckpointException(
                        configuration, "modules_to_save has %s, the weights do not".formatted(module.asString("")));
            }
        }
        return adapter;
    }

    private static Map<String, StoredTensor> saved(Checkpoint weights) {
        Map<String, StoredTensor> saved = new LinkedHashMap<>();
        for (StoredTensor tensor :
                weights.filter(name -> !isAdapterTensor(name)).tensors().values()) {
            Matcher matcher = SAVED.matcher(tensor.name());
            String name =
                    matcher.matches() ? matcher.group("module") + "." + matcher.group("parameter") : tensor.name();
            add(saved, name, tensor.named(name), tensor.file());
        }
        return saved;
    }

    /**
     * The same adapter for a network whose parameters have other names.
     *
     * @throws CheckpointException if two parameters get the same name
     */
    public LoraAdapter rename(UnaryOperator<String> rename) {
        Map<String, Delta> renamed = new LinkedHashMap<>();
        deltas.forEach((name, delta) ->
                add(renamed, rename.apply(name), delta, delta.a().file()));
        return new LoraAdapter(renamed, saved().rename(rename).tensors());
    }

    /** Whether there is an update for a parameter. */
    public boolean updates(String parameter) {
        return deltas.containsKey(parameter);
    }

    public boolean isEmpty() {
        return deltas.isEmpty();
    }

    /** Whole parameters that were trained beside the matrices ({@code modules_to_save}), by the name of the parameter. */
    public Checkpoint saved() {
        return new Checkpoint("adapter", saved);
    }

    /**
     * Checks that every update has its parameter.
     *
     * @throws CheckpointException if a parameter is missing or has another shape
     */
    public void requireTargets(List<ParameterSpec> parameters) {
        Map<String, Delta> unused = new LinkedHashMap<>(deltas);
        Map<String, StoredTensor> unusedParameters = new LinkedHashMap<>(saved);
        for (ParameterSpec parameter : parameters) {
            unusedParameters.remove(parameter.name());
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
        unusedParameters.forEach((name, tensor) -> {
            throw new CheckpointException(
                    tensor.file(), "there is a trained %s, which the network does not have".formatted(name));
        });
    }

    /**
     * Checks that the adapter only adds to the network, so that it can be used beside the weights instead of being merged into
     * them.
     *
     * @throws CheckpointException naming the updates that change the weights themselves
     */
    public void requireSeparate() {
        saved.forEach((name, tensor) -> {
            throw unmergeable(tensor, "it has a trained " + name + " of its own (modules_to_save)");
        });
        changesBase().ifPresent(why -> {
            throw unmergeable(deltas.values().iterator().next().a(), why);
        });
    }

    /**
     * Checks that its updates are sums, and whole parameters at most.
     *
     * @throws CheckpointException naming the kind of adapter
     */
    public void requireAddition() {
        changesBase().ifPresent(why -> {
            throw new CheckpointException(
                    deltas.values().iterator().next().a().file(),
                    "the adapter is not merged here, because %s".formatted(why));
        });
    }

    /** Why the updates are more than sums; empty if they are not. */
    private Optional<String> changesBase() {
        for (Delta delta : deltas.values()) {
            if (delta.magnitude() != null) {
                return Optional.of("it is DoRA");
            }
            if (delta.initialisation() != LoraInitialisation.NONE) {
                String name = delta.initialisation().name().toLowerCase(Locale.ROOT);
                return Optional.of("init_lora_weights is '%s', which changes the base".formatted(name));
            }
        }
        return Optional.empty();
    }

    private static CheckpointException unmergeable(StoredTensor tensor, String why) {
        return new CheckpointException(
                tensor.file(),
                "the adapter cannot be chosen by request, because %s; merge it (llm.lora)".formatted(why));
    }

    /** The matrices under their published names. */
    public Checkpoint tensors() {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        deltas.values().stream().flatMap(Delta::tensors).forEach(tensor -> tensors.put(tensor.name(), tensor));
        return new Checkpoint("adapter", tensors);
    }

    /** Updates by the name of the parameter. */
    Map<String, Delta> deltas() {
        return deltas;
    }
}

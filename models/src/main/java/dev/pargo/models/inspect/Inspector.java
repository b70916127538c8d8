package dev.pargo.models.inspect;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.FusionCheckpoint;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reports the contents of a path. It reads only headers, so a model of any size takes milliseconds. */
public final class Inspector {

    /** The output of CLIP's last block. A CLIP directory does not say which layer a multimodal model reads. */
    private static final int LAST_LAYER = -1;

    private static final int LISTED_FILES = 3;
    private static final List<String> TOKENIZERS = List.of("tokenizer.model", "tokenizer.json");

    private final Path path;
    private final Set<Path> files = new TreeSet<>();
    private final List<NetworkReport> networks = new ArrayList<>();

    private Inspector(Path path) {
        this.path = path;
    }

    /**
     * Inspects a bundle, a directory in Hugging Face's layout, a LoRA adapter's directory or a checkpoint file.
     *
     * @throws CheckpointException or ConfigException if the path holds none of these; the message lists the known kinds
     */
    public static Report inspect(Path path) {
        Inspector inspector = new Inspector(path);
        if (Files.isRegularFile(path) && !path.toString().endsWith(".json")) {
            return inspector.checkpoint();
        }
        if (Files.exists(path.resolve("adapter_config.json"))) {
            return inspector.adapterDirectory();
        }
        if (!Files.exists(path.resolve("config.json")) || Files.exists(path.resolve("bundle.json"))) {
            return inspector.bundle();
        }
        JsonConfig config = JsonConfig.read(path.resolve("config.json"));
        return inspector.isModel() ? inspector.bundle() : inspector.directory(config);
    }

    /** Whether the directory is a whole model. A decoder without a tokenizer is only a part of one. */
    private boolean isModel() {
        return ModelBundle.isWhole(path)
                && (hasTokenizer(path) || ModelBundle.read(path).seesPictures());
    }

    private static boolean hasTokenizer(Path directory) {
        return TOKENIZERS.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    private Report checkpoint() {
        Checkpoint checkpoint = FusionCheckpoint.open(path);
        add(checkpoint);
        NetworkFinder.Findings findings = NetworkFinder.find(checkpoint);
        networks.addAll(findings.networks());
        return report("checkpoint", Contents.of(findings.other()));
    }

    private Report bundle() {
        ModelBundle bundle = ModelBundle.read(path);
        VisionConfig vision = null;
        ProjectorConfig projector = null;
        if (bundle.seesPictures()) {
            vision = stored("encoder", bundle::vision, () -> bundle.hasRandomWeights(BundlePart.VISION));
            projector = stored("projector", bundle::projector, () -> bundle.hasRandomWeights(BundlePart.PROJECTOR));
        }
        DecoderConfig llm = stored("llm", bundle::llm, () -> bundle.hasRandomWeights(BundlePart.LLM));
        addProblem("projector", Dimensions.misfit(vision, projector, llm));
        addProblem("llm", missingTokenizer());
        boolean isKnown = networks.stream().allMatch(NetworkReport::isComplete);
        String kind = "bundle '%s'".formatted(bundle.name());
        return report(
                bundle.seesPictures() ? kind : kind + ", which answers text only",
                Contents.none(),
                isKnown ? PromptReport.of(bundle) : null);
    }

    private void addProblem(String part, @Nullable String problem) {
        networks.replaceAll(network ->
                network.part().equals(part) && network.problem() == null ? network.withProblem(problem) : network);
    }

    /** The problem to report if none of the directories with the LLM's weights has a tokenizer; null if one has. */
    private @Nullable String missingTokenizer() {
        boolean there = files.stream().map(Path::getParent).anyMatch(Inspector::hasTokenizer);
        return there ? null : "has none of " + String.join(", ", TOKENIZERS);
    }

    private Report directory(JsonConfig config) {
        String modelType = config.string("model_type", "");
        Checkpoint checkpoint = Checkpoint.open(path);
        add(checkpoint);
        NetworkConfig known = stored(
                modelType.startsWith("clip") ? "encoder" : "llm",
                () -> new StoredNetwork<>(
                        switch (modelType) {
                            case "clip" -> ClipConfig.read(config.section("vision_config"), LAST_LAYER, checkpoint);
                            case "clip_vision_model" -> ClipConfig.read(config, LAST_LAYER, checkpoint);
                            default -> DecoderConfig.read(config, path);
                        },
                        checkpoint),
                () -> config.flag(ModelBundle.RANDOM_WEIGHTS, false));
        return report(
                "directory of model type '%s'".formatted(modelType),
                known == null ? Contents.of(checkpoint) : Contents.none());
    }

    private Report adapterDirectory() {
        LoraAdapter adapter = LoraAdapter.open(path);
        add(adapter.tensors());
        networks.add(NetworkReport.ofAdapter("", adapter.tensors()));
        return report("adapter", Contents.none());
    }

    /** Reports a network that a configuration describes. If the network cannot be opened, the report gives the reason. */
    private <C extends NetworkConfig> @Nullable C stored(
            String part, Supplier<StoredNetwork<C>> network, BooleanSupplier random) {
        try {
            StoredNetwork<C> stored = network.get();
            Checkpoint checkpoint = stored.checkpoint();
            add(checkpoint);
            networks.add(NetworkReport.of(part, source(checkpoint), stored.config(), checkpoint)
                    .withRandomWeights(random.getAsBoolean()));
            if (!stored.adapter().isEmpty()) {
                Checkpoint adapter = stored.adapter().tensors();
                add(adapter);
                networks.add(NetworkReport.ofAdapter(source(adapter), adapter)
                        .withProblem(NetworkReport.problem(() ->
                                stored.adapter().requireTargets(stored.config().parameters()))));
            }
            return stored.config();
        } catch (ConfigException | CheckpointException e) {
            networks.add(NetworkReport.unknown(part, "", e.getMessage()));
            return null;
        }
    }

    private void add(Checkpoint checkpoint) {
        checkpoint.tensors().values().forEach(tensor -> files.add(tensor.file()));
    }

    /** The checkpoint's files relative to the path. All are listed if there are few. */
    private String source(Checkpoint checkpoint) {
        Path base = absolute(Files.isDirectory(path) ? path : path.resolveSibling(""));
        List<String> names = checkpoint.tensors().values().stream()
                .map(StoredTensor::file)
                .distinct()
                .map(file -> base.relativize(absolute(file)).toString())
                .toList();
        return names.size() <= LISTED_FILES
                ? String.join(", ", names)
                : "%s and %d more".formatted(names.get(0), names.size() - 1);
    }

    private static Path absolute(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private Report report(String kind, Contents other) {
        return report(kind, other, null);
    }

    private Report report(String kind, Contents other, @Nullable PromptReport prompt) {
        long bytes = files.stream().mapToLong(Inspector::size).sum();
        return new Report(path.toString(), kind, files.size(), bytes, networks, other, prompt);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }
}

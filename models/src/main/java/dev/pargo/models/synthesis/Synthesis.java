package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.ShardedWriter;
import dev.pargo.models.weights.TensorValues;
import dev.pargo.models.weights.TorchFileWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model directory with random weights: every file, name, shape and type is as published, so that everything but the
 * answers can be tried without the published weights. The heap that it needs does not grow with the model.
 */
public final class Synthesis {

    /** Size of a directory's shards if the preset gives none. */
    private static final long SHARD_BYTES = 5_000_000_000L;

    private final Preset preset;
    private final Path directory;
    private final Map<Preset.Weights, List<WrittenTensor>> plan = new LinkedHashMap<>();

    private Synthesis(Preset preset, Path directory) {
        this.preset = preset;
        this.directory = directory;
    }

    /** The presets by name, each with a one-line description. */
    public static Map<String, String> presets() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        Preset.names().forEach(name -> descriptions.put(name, Preset.named(name).description()));
        return descriptions;
    }

    /**
     * Writes everything but the weights.
     *
     * @param preset    one of {@link #presets}
     * @param directory is created; if it exists, it must be empty
     * @param layers    decoder layers; empty: as published
     * @throws CheckpointException if the directory is not empty
     */
    public static Synthesis begin(String preset, Path directory, OptionalInt layers) {
        return begin(Preset.named(preset), directory, layers);
    }

    static Synthesis begin(Preset preset, Path directory, OptionalInt layers) {
        Synthesis synthesis = new Synthesis(preset, directory);
        try {
            synthesis.writeDocuments(layers);
            TensorPlan tensors = new TensorPlan(PlannedNetworks.read(directory));
            preset.weights().forEach(weights -> synthesis.plan.put(weights, tensors.tensors(weights)));
            return synthesis;
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written".formatted(directory), e);
        }
    }

    /** Bytes of all tensors. */
    public long bytes() {
        return plan.values().stream()
                .flatMap(List::stream)
                .mapToLong(WrittenTensor::bytes)
                .sum();
    }

    /**
     * Writes the weights.
     *
     * @param seed    the same gives the same values
     * @param written is called repeatedly with the number of bytes written so far
     * @throws CheckpointException if the disk has no room for them, or a file cannot be written
     */
    public void writeWeights(long seed, LongConsumer written) {
        requireRoom();
        TensorValues random = new RandomWeights(seed);
        TensorValues values = (tensor, out) -> {
            random.write(tensor, out);
            written.accept(tensor.bytes());
        };
        plan.forEach((weights, tensors) -> {
            Path path = directory.resolve(weights.path());
            if (Files.isDirectory(path)) {
                long shardBytes = weights.shardBytes() == null ? SHARD_BYTES : weights.shardBytes();
                ShardedWriter.write(path, tensors, shardBytes, values);
            } else {
                TorchFileWriter.write(path, tensors, values);
            }
        });
    }

    private void writeDocuments(OptionalInt layers) throws IOException {
        NewDirectory.make(directory);
        for (Map.Entry<String, ObjectNode> document : preset.documents().entrySet()) {
            Path file = directory.resolve(document.getKey());
            if (file.endsWith("config.json")) {
                layers.ifPresent(count -> decoder(document.getValue()).put("num_hidden_layers", count));
            }
            declareRandom(document.getKey(), document.getValue());
            Files.createDirectories(file.getParent());
            Files.writeString(file, document.getValue().toPrettyString() + "\n");
        }
        writeTokenizer(preset.tokenizer());
    }

    private void writeTokenizer(Preset.Tokenizer tokenizer) throws IOException {
        Path file = directory.resolve(tokenizer.path());
        if (tokenizer.tokens() != null && tokenizer.control() != null) {
            Files.writeString(file, WordTokenizer.json(tokenizer.tokens(), tokenizer.control()));
            return;
        }
        try (InputStream model = Synthesis.class.getResourceAsStream("/presets/tokenizer.model")) {
            Files.copy(model, file);
        }
    }

    /**
     * This differs from the published files: it marks the weights as random, so that the answers are not mistaken for
     * the model's.
     */
    private static void declareRandom(String path, ObjectNode document) {
        if (path.equals("bundle.json")) {
            Stream.of("vision", "projector")
                    .forEach(part -> ((ObjectNode) document.get(part)).put(ModelBundle.RANDOM_WEIGHTS, true));
        } else if (document.has("model_type")) {
            document.put(ModelBundle.RANDOM_WEIGHTS, true);
        }
    }

    /** The part of a config.json that describes the decoder. */
    private static ObjectNode decoder(ObjectNode config) {
        return config.has("text_config") ? (ObjectNode) config.get("text_config") : config;
    }

    private void requireRoom() {
        try {
            long room = Files.getFileStore(directory).getUsableSpace();
            if (bytes() > room) {
                throw new CheckpointException("%s: %,d bytes of weights do not fit the disk, which has %,d free"
                        .formatted(directory, bytes(), room));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written".formatted(directory), e);
        }
    }
}

package dev.pargo.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A directory as Hugging Face lays it out. Safetensors take precedence over {@code pytorch_model.bin}, and a single file
 * over an index, as in transformers: an index beside it is left over from an earlier save.
 *
 * <p>A shard must lie in the directory or below it and is opened as a plain weight file, so that an index can lead
 * neither to another place nor to itself.
 */
final class CheckpointDirectory {

    private static final List<String> NAMES = List.of("model.safetensors", "pytorch_model.bin");

    private CheckpointDirectory() {}

    static Checkpoint open(Path directory) {
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                return Checkpoint.openFile(file);
            }
            Path index = directory.resolve(name + ".index.json");
            if (Files.exists(index)) {
                return shards(directory, index);
            }
        }
        throw new CheckpointException(
                directory,
                "holds no weights: none of %s, nor an index of them%s"
                        .formatted(String.join(", ", NAMES), hasGguf(directory) ? "; GGUF files are not read" : ""));
    }

    private static boolean hasGguf(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".gguf"));
        } catch (IOException e) {
            throw new CheckpointException(directory, "cannot be listed", e);
        }
    }

    private static Checkpoint shards(Path directory, Path index) {
        JsonNode weightMap = Json.file(index).path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new CheckpointException(index, "has no weight_map");
        }
        Map<String, Checkpoint> shards = new LinkedHashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            String name = entry.getKey();
            String shard = entry.getValue().asString("");
            tensors.put(
                    name,
                    shards.computeIfAbsent(shard, file -> shard(directory, index, file))
                            .get(name));
        }
        return new Checkpoint(directory.toString(), tensors);
    }

    private static Checkpoint shard(Path directory, Path index, String name) {
        if (!isInside(directory, name)) {
            throw new CheckpointException(index, "shard '%s' is not a file below this directory".formatted(name));
        }
        return Checkpoint.openFile(directory.resolve(name));
    }

    private static boolean isInside(Path directory, String name) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            Path shard = root.resolve(name).normalize();
            return shard.startsWith(root) && !shard.equals(root);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}

package dev.pargo.models.weights;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A directory as Hugging Face lays it out. Safetensors take precedence over {@code pytorch_model.bin}, and an index
 * over a single file.
 *
 * <p>A shard must lie in the directory itself and is opened as a plain weight file, so that an index can lead neither
 * to another place nor to itself.
 */
final class CheckpointDirectory {

    private static final List<String> NAMES = List.of("model.safetensors", "pytorch_model.bin");

    private CheckpointDirectory() {}

    static Checkpoint open(Path directory) {
        for (String name : NAMES) {
            Path index = directory.resolve(name + ".index.json");
            if (Files.exists(index)) {
                return shards(directory, index);
            }
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                return Checkpoint.openFile(file);
            }
        }
        throw new CheckpointException(
                directory, "holds no weights: none of %s, nor an index of them".formatted(String.join(", ", NAMES)));
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
            throw new CheckpointException(index, "shard '%s' is not a file of this directory".formatted(name));
        }
        return Checkpoint.openFile(directory.resolve(name));
    }

    private static boolean isInside(Path directory, String name) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            return root.equals(root.resolve(name).normalize().getParent());
        } catch (InvalidPathException e) {
            return false;
        }
    }
}

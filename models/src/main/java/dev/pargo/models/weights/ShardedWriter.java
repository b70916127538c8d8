package dev.pargo.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes the weights of a directory as Hugging Face lays it out: one safetensors file, or shards with an index. */
public final class ShardedWriter {

    private ShardedWriter() {}

    /**
     * Writes new files.
     *
     * @param shardBytes largest number of bytes of tensors in a shard; only a single larger tensor may exceed it
     * @throws CheckpointException if a file exists already or cannot be written
     * @throws IllegalArgumentException if the values of a tensor do not have the tensor's length
     */
    public static void write(Path directory, List<WrittenTensor> tensors, long shardBytes, TensorValues values) {
        List<List<WrittenTensor>> shards = split(tensors, shardBytes);
        if (shards.size() == 1) {
            SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors, values);
            return;
        }
        TreeMap<String, String> shardOf = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            SafetensorsWriter.write(directory.resolve(name), shards.get(i), values);
            shards.get(i).forEach(tensor -> shardOf.put(tensor.name(), name));
        }
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata")
                .put(
                        "total_size",
                        tensors.stream().mapToLong(WrittenTensor::bytes).sum());
        ObjectNode weightMap = index.putObject("weight_map");
        shardOf.forEach(weightMap::put);
        Path path = directory.resolve("model.safetensors.index.json");
        try {
            Files.writeString(path, index.toPrettyString());
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be written", e);
        }
    }

    private static List<List<WrittenTensor>> split(List<WrittenTensor> tensors, long shardBytes) {
        List<List<WrittenTensor>> shards = new ArrayList<>();
        shards.add(new ArrayList<>());
        long room = shardBytes;
        for (WrittenTensor tensor : tensors) {
            List<WrittenTensor> shard = shards.get(shards.size() - 1);
            if (tensor.bytes() > room && !shard.isEmpty()) {
                shard = new ArrayList<>();
                shards.add(shard);
                room = shardBytes;
            }
            shard.add(tensor);
            room -= tensor.bytes();
        }
        return shards;
    }
}

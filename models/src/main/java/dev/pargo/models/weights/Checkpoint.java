package dev.pargo.models.weights;

import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Named tensors in files, in the files' order. Opening a checkpoint reads headers only. The operations return new views
 * and read no data. Immutable.
 */
public final class Checkpoint {

    private final String source;
    private final Map<String, StoredTensor> tensors;

    Checkpoint(String source, Map<String, StoredTensor> tensors) {
        this.source = source;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /** A checkpoint without tensors. */
    public static Checkpoint empty() {
        return new Checkpoint("nothing", Map.of());
    }

    /**
     * Opens safetensors, a {@code torch.save} archive, or a directory as Hugging Face lays it out ({@code
     * model.safetensors} or {@code pytorch_model.bin}, either also in shards with an index). Formats are told apart by
     * content. If an archive has its tensors under {@code state_dict}, {@code model} or {@code module}, those are
     * taken.
     *
     * @throws CheckpointException if the file is missing, damaged or hostile
     */
    public static Checkpoint open(Path path) {
        return Files.isDirectory(path) ? CheckpointDirectory.open(path) : openFile(path);
    }

    static Checkpoint openFile(Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            return new Checkpoint(
                    path.toString(),
                    switch (FileFormat.of(file)) {
                        case SAFETENSORS -> Safetensors.read(file);
                        case TORCH -> TorchFile.read(file).stateDict();
                    });
        }
    }

    /** Where the tensors come from, for messages. */
    public String source() {
        return source;
    }

    /** The tensors by name, in the files' order. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** @throws CheckpointException if there is no such tensor */
    public StoredTensor get(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException("%s: has no tensor %s".formatted(source, name));
        }
        return tensor;
    }

    /** The tensors whose names begin with the prefix, named without it. */
    public Checkpoint stripPrefix(String prefix) {
        return filter(name -> name.startsWith(prefix)).rename(name -> name.substring(prefix.length()));
    }

    /** The tensors whose names match. */
    public Checkpoint filter(Predicate<String> names) {
        Map<String, StoredTensor> kept = new LinkedHashMap<>(tensors);
        kept.keySet().removeIf(names.negate());
        return new Checkpoint(source, kept);
    }

    /** @throws CheckpointException if two tensors get the same name */
    public Checkpoint rename(UnaryOperator<String> rename) {
        Map<String, StoredTensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> add(renamed, source, tensor.named(rename.apply(name))));
        return new Checkpoint(source, renamed);
    }

    /**
     * Divides tensors along their first axis into equal parts.
     *
     * @param names  which tensors
     * @param parts  replaces {@code joined} in the name of each part
     * @param joined a part of the tensors' names
     * @throws CheckpointException if the rows cannot be divided equally
     */
    public Checkpoint divideRows(Predicate<String> names, List<String> parts, String joined) {
        Map<String, StoredTensor> divided = new LinkedHashMap<>();
        for (StoredTensor tensor : tensors.values()) {
            if (!names.test(tensor.name())) {
                add(divided, source, tensor);
                continue;
            }
            for (int i = 0; i < parts.size(); i++) {
                String name = tensor.name().replace(joined, parts.get(i));
                add(divided, source, tensor.rows(i, parts.size()).named(name));
            }
        }
        return new Checkpoint(source, divided);
    }

    /**
     * The tensors of this checkpoint and of another one.
     *
     * @throws CheckpointException if both have a tensor of one name
     */
    public Checkpoint union(Checkpoint other) {
        String both = source.equals(other.source) ? source : source + " + " + other.source;
        Map<String, StoredTensor> union = new LinkedHashMap<>(tensors);
        other.tensors.values().forEach(tensor -> add(union, both, tensor));
        return new Checkpoint(both, union);
    }

    /** The tensors of this checkpoint, except that tensors of the other checkpoint replace those of the same name. */
    public Checkpoint overlaid(Checkpoint other) {
        if (other.tensors.isEmpty()) {
            return this;
        }
        Map<String, StoredTensor> overlaid = new LinkedHashMap<>(tensors);
        overlaid.replaceAll((name, tensor) -> other.tensors.getOrDefault(name, tensor));
        return new Checkpoint(source, overlaid);
    }

    private static void add(Map<String, StoredTensor> tensors, String source, StoredTensor tensor) {
        if (tensors.put(tensor.name(), tensor) != null) {
            throw new CheckpointException("%s: two tensors named %s".formatted(source, tensor.name()));
        }
    }

    /**
     * Compares the tensors with those that a network needs.
     *
     * @param parameters names and shapes, each name once
     * @param ignored    names of tensors that may exist although the network does not need them
     */
    public ParameterCheck compare(List<ParameterSpec> parameters, Predicate<String> ignored) {
        return ParameterCheck.of(this, parameters, ignored);
    }

    /**
     * Checks that the tensors are exactly those that a network needs.
     *
     * @param parameters names and shapes, each name once
     * @param ignored    names of tensors that may exist although the network does not need them
     * @throws CheckpointException naming what is missing, unexpected and misshaped
     */
    public void require(List<ParameterSpec> parameters, Predicate<String> ignored) {
        ParameterCheck fit = compare(parameters, ignored);
        if (!fit.isExact()) {
            throw new CheckpointException("%s: does not fit the network: %s".formatted(source, fit.problems()));
        }
    }

    /**
     * Reads a tensor into the heap, row-major without gaps.
     *
     * @throws CheckpointException if there is no such tensor, or it is empty or larger than 2 GiB
     */
    public HostTensor read(String name) {
        StoredTensor tensor = get(name);
        if (tensor.elements() == 0 || tensor.extent() > Integer.MAX_VALUE) {
            throw new CheckpointException(
                    tensor.file(), "tensor %s of %d bytes cannot be read".formatted(name, tensor.bytes()));
        }
        try (WeightFile file = WeightFile.open(tensor.file())) {
            ByteBuffer stored = file.read(tensor.offset(), (int) tensor.extent());
            return new HostTensor(
                    tensor.dtype(), tensor.shape(), tensor.isContiguous() ? stored : gather(tensor, stored));
        }
    }

    private static ByteBuffer gather(StoredTensor tensor, ByteBuffer stored) {
        int width = tensor.dtype().bytes();
        ByteBuffer dense = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        long[] index = new long[tensor.shape().length];
        while (dense.hasRemaining()) {
            long element = 0;
            for (int axis = 0; axis < index.length; axis++) {
                element += index[axis] * tensor.strides()[axis];
            }
            dense.put(stored.slice((int) element * width, width));
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == tensor.shape()[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return dense.flip();
    }
}

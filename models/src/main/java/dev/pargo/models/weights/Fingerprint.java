package dev.pargo.models.weights;

import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A short identifier of everything that determines a stage's output, such as its weights: SHA-256, truncated to 64
 * bits, over tensor names, types, shapes and bytes. Tensors are read in the order of their names, so the fingerprint
 * does not depend on shards, file format or directory. Only some pieces of a large tensor, at fixed positions, are
 * read: training changes all values, so this is enough, and 15 GB take milliseconds instead of minutes. A fingerprint
 * distinguishes versions of weights. It does not protect against tampering. Not thread-safe.
 */
public final class Fingerprint {

    private static final int PIECE_BYTES = 1024;
    private static final int PIECES = 4;
    private static final int HEX_BYTES = 8;

    private final MessageDigest digest;

    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The fingerprint of weights alone. */
    public static String of(Checkpoint checkpoint) {
        return new Fingerprint().add(checkpoint).hex();
    }

    /** Adds a setting, such as the mode of a mask. */
    public Fingerprint add(String name, Object value) {
        text(name);
        text(value.toString());
        return this;
    }

    /** Adds all values of a tensor. */
    public Fingerprint add(String name, HostTensor tensor) {
        text(name);
        text(tensor.dtype().name());
        numbers(tensor.shape());
        digest.update(tensor.data().duplicate());
        return this;
    }

    /** @throws CheckpointException if a file cannot be read */
    public Fingerprint add(Checkpoint checkpoint) {
        return add(checkpoint.tensors().values().stream().sorted(Comparator.comparing(StoredTensor::name)));
    }

    /**
     * Adds an adapter's updates. An adapter without updates changes nothing.
     *
     * @throws CheckpointException if a file cannot be read
     */
    public Fingerprint add(LoraAdapter adapter) {
        Map<String, LoraAdapter.Delta> deltas = new TreeMap<>(adapter.deltas());
        deltas.forEach((parameter, delta) -> {
            add(parameter, delta.scale());
            if (delta.initialisation() != LoraInitialisation.NONE) {
                add("initialisation", delta.initialisation());
            }
        });
        return add(deltas.values().stream().flatMap(LoraAdapter.Delta::tensors));
    }

    private Fingerprint add(Stream<StoredTensor> tensors) {
        Map<Path, WeightFile> files = new HashMap<>();
        try {
            tensors.forEach(tensor -> add(tensor, files.computeIfAbsent(tensor.file(), WeightFile::open)));
        } finally {
            files.values().forEach(WeightFile::close);
        }
        return this;
    }

    private void add(StoredTensor tensor, WeightFile file) {
        text(tensor.name());
        text(tensor.dtype().name());
        numbers(tensor.shape());
        if (!tensor.isContiguous()) {
            numbers(tensor.strides());
        }
        long bytes = tensor.extent();
        if (bytes <= (long) PIECES * PIECE_BYTES) {
            digest.update(file.read(tensor.offset(), (int) bytes));
            return;
        }
        for (int piece = 0; piece < PIECES; piece++) {
            long position = (bytes - PIECE_BYTES) / (PIECES - 1) * piece;
            digest.update(file.read(tensor.offset() + position, PIECE_BYTES));
        }
    }

    /** 16 hexadecimal digits over everything that was added. Call it once. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest(), 0, HEX_BYTES);
    }

    /** Lengths go first, so that no two sequences of values give the same bytes. */
    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        numbers(bytes.length);
        digest.update(bytes);
    }

    private void numbers(long... values) {
        ByteBuffer buffer =
                ByteBuffer.allocate((values.length + 1) * Long.BYTES).putLong(values.length);
        for (long value : values) {
            buffer.putLong(value);
        }
        digest.update(buffer.flip());
    }
}

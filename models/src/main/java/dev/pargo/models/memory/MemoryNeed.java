package dev.pargo.models.memory;

import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.torch.Placement;
import java.util.Arrays;

/**
 * Memory that a service needs, in bytes.
 *
 * @param weights at their peak, while they are loaded and packed
 * @param cache   of keys and values
 * @param work    activations of a forward pass
 * @param process the Java heap at its limit, and the other memory of the JVM and libtorch
 */
record MemoryNeed(long weights, long cache, long work, long process) {

    /**
     * Number of tensors of a layer's largest width that exist at the same time: input, output and intermediate results.
     * Measured: 2 to 3.
     */
    private static final int WIDEST_TENSORS = 4;

    /** Metaspace, compiled code, threads, and the private part of libtorch. Measured: 150 to 250 MB. */
    private static final long RUNTIME = 300_000_000;

    /** @param heap limit of the Java heap */
    static MemoryNeed of(StoredNetwork<?> stored, Placement placement, NetworkUse use, long heap) {
        long widest = stored.config().parameters().stream()
                .filter(parameter -> parameter.role().contains("."))
                .filter(parameter -> parameter.shape().length == 2)
                .filter(parameter -> !isVocabulary(parameter.role()))
                .mapToLong(parameter -> Arrays.stream(parameter.shape()).max().orElse(0))
                .max()
                .orElse(0);
        return new MemoryNeed(
                WeightMemory.of(stored, placement).peak(),
                use.cacheBytes().applyAsLong(placement),
                // Layers may be joined in pairs, and some work is in float32 whatever the precision is.
                use.rows() * 2 * widest * Float.BYTES * WIDEST_TENSORS,
                RUNTIME + (placement.device().isGpu() ? 0 : heap));
    }

    private static boolean isVocabulary(String role) {
        return role.startsWith("embedding.") || role.startsWith("output.");
    }

    long total() {
        return weights + cache + work + process;
    }

    /** The parts in words. */
    String describe() {
        String kv = cache == 0 ? "" : "KV cache %s, ".formatted(Size.of(cache));
        return "weights %s, %sactivations %s, Java and libtorch %s"
                .formatted(Size.of(weights), kv, Size.of(work), Size.of(process));
    }
}

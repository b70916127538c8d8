package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import java.util.Collection;
import java.util.Map;

/**
 * Keys and values of all layers, preallocated in pages of a fixed number of tokens (PagedAttention, Kwon et al., SOSP
 * 2023). A sequence uses any pages, in the order that its {@link Step} gives. Steps write into them. When a page is
 * used for another sequence, nothing is cleared. Not thread-safe.
 */
public final class KvCache implements AutoCloseable {

    /** Tokens of a page. */
    public static final int PAGE_TOKENS = 64;

    private final Network network;
    private final IValue tensors;
    private final int pages;

    KvCache(Network network, IValue tensors, int pages) {
        this.network = network;
        this.tensors = tensors;
        this.pages = pages;
    }

    /** Number of pages that a number of tokens needs. */
    public static int pages(int tokens) {
        return (tokens + PAGE_TOKENS - 1) / PAGE_TOKENS;
    }

    /**
     * Type of keys and values. On a CPU it is float16, unless everything is float32. For values of this size float16 is
     * more precise than bfloat16.
     */
    static DType dtype(Placement placement) {
        boolean exact = placement.device().isGpu() || placement.precision() == Precision.FLOAT32;
        return exact ? placement.precision().dtype() : DType.FLOAT16;
    }

    IValue tensors() {
        return tensors;
    }

    /** Number of pages. */
    public int pages() {
        return pages;
    }

    /**
     * Copies whole pages.
     *
     * @param sources for each target the page whose content it receives, as it is before the call
     */
    public void copy(Map<Integer, Integer> sources) {
        if (sources.isEmpty()) {
            return;
        }
        try (PtNDManager scope = network.newScope()) {
            PtNDArray from = longs(scope, sources.values());
            PtNDArray to = longs(scope, sources.keySet());
            network.call("copy", arguments -> arguments.add(tensors).add(from).add(to))
                    .close();
        }
    }

    private static PtNDArray longs(PtNDManager scope, Collection<Integer> pages) {
        return (PtNDArray)
                scope.create(pages.stream().mapToLong(Integer::longValue).toArray());
    }

    @Override
    public void close() {
        tensors.close();
    }
}

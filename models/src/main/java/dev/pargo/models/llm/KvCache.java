package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;

/**
 * Keys and values of all layers, preallocated: a fixed number of slots, each for one sequence of up to a fixed number
 * of tokens. Steps write into it. When a slot is reused for another sequence, nothing is moved or cleared. Not thread-safe.
 */
public final class KvCache implements AutoCloseable {

    /** Tokens of a block on a CPU. A slot takes the memory of whole blocks. */
    public static final int BLOCK_TOKENS = 64;

    private final Network network;
    private final IValue tensors;
    private final int slots;
    private final int tokensPerSlot;

    KvCache(Network network, IValue tensors, int slots, int tokensPerSlot) {
        this.network = network;
        this.tensors = tensors;
        this.slots = slots;
        this.tokensPerSlot = tokensPerSlot;
    }

    /**
     * Type of keys and values. On a CPU it is float16, unless everything is float32. For values of this size float16 is more
     * precise than bfloat16.
     */
    static DType dtype(Placement placement) {
        boolean exact = placement.device().isGpu() || placement.precision() == Precision.FLOAT32;
        return exact ? placement.precision().dtype() : DType.FLOAT16;
    }

    IValue tensors() {
        return tensors;
    }

    public int slots() {
        return slots;
    }

    public int tokensPerSlot() {
        return tokensPerSlot;
    }

    /**
     * Copies keys and values between slots: {@code to[i]} receives those that {@code from[i]} had before the call.
     *
     * @param begin first position to copy; the slots must already be equal before it
     * @param end   position after the last
     */
    public void copy(int[] from, int[] to, int begin, int end) {
        if (to.length == 0 || begin == end) {
            return;
        }
        try (PtNDManager scope = network.newScope()) {
            PtNDArray sources = longs(scope, from);
            PtNDArray targets = longs(scope, to);
            network.call(
                            "copy",
                            arguments -> arguments
                                    .add(tensors)
                                    .add(sources)
                                    .add(targets)
                                    .add(begin)
                                    .add(end))
                    .close();
        }
    }

    private static PtNDArray longs(PtNDManager scope, int[] numbers) {
        return (PtNDArray)
                scope.create(java.util.Arrays.stream(numbers).asLongStream().toArray());
    }

    @Override
    public void close() {
        tensors.close();
    }
}

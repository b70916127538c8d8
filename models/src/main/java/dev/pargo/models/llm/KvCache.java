package dev.pargo.models.llm;

import ai.djl.pytorch.jni.IValue;

/**
 * Keys and values of all layers, preallocated: a fixed number of slots, each for one sequence of up to a fixed number
 * of tokens. Steps write into it; nothing is moved or cleared when a slot changes hands.
 */
public final class KvCache implements AutoCloseable {

    private final IValue tensors;
    private final int slots;
    private final int tokensPerSlot;

    KvCache(IValue tensors, int slots, int tokensPerSlot) {
        this.tensors = tensors;
        this.slots = slots;
        this.tokensPerSlot = tokensPerSlot;
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

    @Override
    public void close() {
        tensors.close();
    }
}

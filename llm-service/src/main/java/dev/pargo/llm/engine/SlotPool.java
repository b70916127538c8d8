package dev.pargo.llm.engine;

import java.util.BitSet;

/** The KV cache's free slots; the lowest goes first. Not thread-safe. */
final class SlotPool {

    private final int capacity;
    private final BitSet taken = new BitSet();

    SlotPool(int capacity) {
        this.capacity = capacity;
    }

    boolean hasFree() {
        return taken.cardinality() < capacity;
    }

    int take() {
        int slot = taken.nextClearBit(0);
        taken.set(slot);
        return slot;
    }

    void free(int slot) {
        if (!taken.get(slot)) {
            throw new IllegalStateException("slot %d is free already".formatted(slot));
        }
        taken.clear(slot);
    }
}

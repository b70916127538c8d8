package dev.pargo.llm.engine;

import java.util.Arrays;

/**
 * Tracks which slots of the KV cache are taken, and the content of each. A released slot keeps its content, so that a
 * later prompt with the same prefix is not computed again. The slot that was released longest ago is taken first.
 *
 * <p>Content is compared by keys, one a position (see {@link PromptKeys}). Not thread-safe.
 */
final class KvSlots {

    private final Slot[] slots;
    private long clock;

    private static final class Slot {
        private boolean taken;
        private long[] keys = new long[0];
        private int held;
        private long released;

        private int commonWith(long[] prompt, int limit) {
            int most = Math.min(limit, held);
            int mismatch = Arrays.mismatch(keys, 0, most, prompt, 0, most);
            return mismatch < 0 ? most : mismatch;
        }
    }

    /**
     * A slot for a prompt.
     *
     * @param slot     slot for the prompt
     * @param source   slot that contains the prompt's prefix; may be {@code slot} itself
     * @param reusable number of positions of the prefix
     */
    record Lease(int slot, int source, int reusable) {}

    KvSlots(int count) {
        slots = new Slot[count];
        Arrays.setAll(slots, i -> new Slot());
    }

    /** Slots that are not taken. */
    int free() {
        return (int) Arrays.stream(slots).filter(slot -> !slot.taken).count();
    }

    /**
     * Takes the best slot for a prompt; one must be free. If the prompt continues a free slot's content, it gets that
     * slot. If the prompt diverges from a slot's content, it gets another slot, to which the shared prefix is to be
     * copied, so that the original stays reusable. The prompt's last position is never reused, because its logits are
     * needed.
     */
    Lease take(long[] prompt) {
        int source = -1;
        int reusable = 0;
        for (int i = 0; i < slots.length; i++) {
            int common = slots[i].commonWith(prompt, prompt.length - 1);
            if (common > reusable) {
                source = i;
                reusable = common;
            }
        }
        boolean continues = source >= 0 && !slots[source].taken && slots[source].held == reusable;
        int target = continues ? source : oldest();
        Slot slot = slots[target];
        slot.taken = true;
        slot.keys = prompt;
        slot.held = reusable;
        return new Lease(target, source < 0 ? target : source, reusable);
    }

    /** Takes the slot that was released longest ago. Other prompts do not find its new content. */
    int takeAny() {
        int target = oldest();
        slots[target].taken = true;
        slots[target].held = 0;
        return target;
    }

    /** Records how many positions of its prompt a slot contains. */
    void holds(int slot, int positions) {
        slots[slot].held = positions;
    }

    /**
     * Releases a slot.
     *
     * @param keys keys of its content, one for each position
     */
    void release(int slot, long[] keys) {
        Slot released = slots[slot];
        if (!released.taken) {
            throw new IllegalStateException("slot %d is free already".formatted(slot));
        }
        released.taken = false;
        released.keys = keys;
        released.held = keys.length;
        released.released = ++clock;
    }

    private int oldest() {
        int oldest = -1;
        for (int i = 0; i < slots.length; i++) {
            if (!slots[i].taken && (oldest < 0 || slots[i].released < slots[oldest].released)) {
                oldest = i;
            }
        }
        if (oldest < 0) {
            throw new IllegalStateException("no slot is free");
        }
        return oldest;
    }
}

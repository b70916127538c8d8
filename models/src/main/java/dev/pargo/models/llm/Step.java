package dev.pargo.models.llm;

import java.util.List;

/**
 * One forward pass for many sequences: any mix of prefill chunks and decode tokens. A slot appears at most once.
 *
 * <p>The logits have one row for each prompt that this step completes (after its last token), then one row for each decode token.
 *
 * @param chunks chunks of prompts in prefill
 * @param tokens tokens of sequences in decode
 * @param watched rows of the logits whose attention is wanted too
 */
public record Step(List<Chunk> chunks, List<Tokens> tokens, List<Integer> watched) {

    /** A step without attention. */
    public Step(List<Chunk> chunks, List<Tokens> tokens) {
        this(chunks, tokens, List.of());
    }

    /** The number of no adapter: the rows use the base model alone. */
    public static final int BASE = -1;

    /**
     * Rows {@code [from, from + count)} of a prompt. They are written to the same addresses of the slot.
     *
     * @param adapter number of the adapter that the rows use, or {@link #BASE}
     */
    public record Chunk(int slot, PromptEmbedding prompt, int from, int count, int adapter) {

        /** Rows that use the base model alone. */
        public Chunk(int slot, PromptEmbedding prompt, int from, int count) {
            this(slot, prompt, from, count, BASE);
        }

        /** The same rows, which use an adapter. */
        public Chunk withAdapter(int other) {
            return new Chunk(slot, prompt, from, count, other);
        }

        /** Whether this step completes the prompt. */
        public boolean endsPrompt() {
            return from + count == prompt.length();
        }
    }

    /**
     * Tokens at consecutive addresses of the slot, after its current content: the last token of the answer, then drafts of the
     * tokens that follow it.
     *
     * @param address address of the first token in the slot
     * @param shift   offset from an address to the position, see {@link PromptEmbedding#shift}
     * @param adapter number of the adapter that the rows use, or {@link #BASE}
     */
    public record Tokens(int slot, int address, int shift, int[] ids, int adapter) {

        /** Tokens after a prompt whose positions equal its addresses. */
        public Tokens(int slot, int address, int[] ids) {
            this(slot, address, 0, ids, BASE);
        }

        public Tokens(int slot, int address, int id) {
            this(slot, address, new int[] {id});
        }

        /** The same tokens after a prompt with this shift. */
        public Tokens withShift(int other) {
            return new Tokens(slot, address, other, ids, adapter);
        }

        /** The same tokens, which use an adapter. */
        public Tokens withAdapter(int other) {
            return new Tokens(slot, address, shift, ids, other);
        }
    }
}

package dev.pargo.models.llm;

import java.util.List;

/**
 * One forward pass for many sequences: any mix of prefill chunks and decode tokens. Each sequence appears at most
 * once, and no two of them write to the same page.
 *
 * <p>The logits have one row for each prompt that this step completes (after its last token), then one row for each
 * decode token.
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
     * Rows {@code [from, from + count)} of a prompt. They are written to the same addresses of the sequence.
     *
     * @param pages the sequence's pages of the KV cache, in order, at least up to the last of the rows
     * @param adapter number of the adapter that the rows use, or {@link #BASE}
     */
    public record Chunk(int[] pages, PromptEmbedding prompt, int from, int count, int adapter) {

        /** Rows that use the base model alone. */
        public Chunk(int[] pages, PromptEmbedding prompt, int from, int count) {
            this(pages, prompt, from, count, BASE);
        }

        /** The same rows, which use an adapter. */
        public Chunk withAdapter(int other) {
            return new Chunk(pages, prompt, from, count, other);
        }

        /** Whether this step completes the prompt. */
        public boolean endsPrompt() {
            return from + count == prompt.length();
        }
    }

    /**
     * Tokens at consecutive addresses of the sequence, after its current content: the last token of the answer, then
     * drafts of the tokens that follow it.
     *
     * @param pages   the sequence's pages of the KV cache, in order, at least up to the last of the tokens
     * @param address address of the first token in the sequence
     * @param shift   offset from an address to the position, see {@link PromptEmbedding#shift}
     * @param adapter number of the adapter that the rows use, or {@link #BASE}
     */
    public record Tokens(int[] pages, int address, int shift, int[] ids, int adapter) {

        /** Tokens after a prompt whose positions equal its addresses. */
        public Tokens(int[] pages, int address, int[] ids) {
            this(pages, address, 0, ids, BASE);
        }

        public Tokens(int[] pages, int address, int id) {
            this(pages, address, new int[] {id});
        }

        /** The same tokens after a prompt with this shift. */
        public Tokens withShift(int other) {
            return new Tokens(pages, address, other, ids, adapter);
        }

        /** The same tokens, which use an adapter. */
        public Tokens withAdapter(int other) {
            return new Tokens(pages, address, shift, ids, other);
        }
    }
}

package dev.pargo.models.llm;

import java.util.List;

/**
 * One forward pass for many sequences: chunks of prompts and tokens of answers in any mix. A slot appears at most once.
 *
 * <p>Its logits have a row for the last token of every prompt that this step completes, then a row for each token of
 * each answer.
 *
 * @param chunks prompts that are being read
 * @param tokens answers that are being written
 */
public record Step(List<Chunk> chunks, List<Tokens> tokens) {

    /** Rows {@code [from, from + count)} of a prompt, which go to the same positions of the slot. */
    public record Chunk(int slot, PromptEmbedding prompt, int from, int count) {

        /** Whether this step completes the prompt. */
        public boolean endsPrompt() {
            return from + count == prompt.length();
        }
    }

    /**
     * Tokens at consecutive addresses of the slot, beginning behind what it holds: the answer's last token, then drafts of
     * the tokens that follow it.
     *
     * @param address of the first token in the slot
     * @param shift   what is added to an address to get the position, see {@link PromptEmbedding#shift}
     */
    public record Tokens(int slot, int address, int shift, int[] ids) {

        /** Behind a prompt whose positions are its addresses. */
        public Tokens(int slot, int address, int[] ids) {
            this(slot, address, 0, ids);
        }

        public Tokens(int slot, int address, int id) {
            this(slot, address, new int[] {id});
        }

        /** The same tokens behind a prompt with this shift. */
        public Tokens withShift(int other) {
            return new Tokens(slot, address, other, ids);
        }
    }
}

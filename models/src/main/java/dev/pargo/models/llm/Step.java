package dev.pargo.models.llm;

import java.util.List;

/**
 * One forward pass for many sequences: chunks of prompts and tokens of answers in any mix. A slot appears at most once.
 *
 * <p>Its logits have a row for the last token of every prompt that ends here, then one for each token of each answer.
 *
 * @param chunks prompts that are being read
 * @param tokens answers that are being written
 */
public record Step(List<Chunk> chunks, List<Tokens> tokens) {

    /** Rows {@code [from, from + count)} of a prompt, which stand at the same positions of the slot. */
    public record Chunk(int slot, PromptEmbedding prompt, int from, int count) {

        /** Whether the prompt has been read after this step. */
        public boolean endsPrompt() {
            return from + count == prompt.length();
        }
    }

    /**
     * Tokens at consecutive positions of the slot, the first right behind what the slot holds: the answer's last token,
     * and guesses of what follows it.
     */
    public record Tokens(int slot, int position, int[] ids) {

        public Tokens(int slot, int position, int id) {
            this(slot, position, new int[] {id});
        }
    }
}

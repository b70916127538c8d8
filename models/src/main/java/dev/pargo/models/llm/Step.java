package dev.pargo.models.llm;

import java.util.List;

/**
 * One forward pass for many sequences: chunks of prompts and single tokens in any mix. A slot appears at most once.
 *
 * @param chunks prompts that are being read
 * @param tokens answers that are being written
 */
public record Step(List<Chunk> chunks, List<Token> tokens) {

    /** Rows {@code [from, from + count)} of a prompt, which stand at the same positions of the slot. */
    public record Chunk(int slot, PromptEmbedding prompt, int from, int count) {}

    /** The token at a position of the slot, right behind what the slot holds. */
    public record Token(int slot, int position, int id) {}

    /** Sequences of the step: its chunks, then its tokens. */
    public int size() {
        return chunks.size() + tokens.size();
    }

    int rows() {
        return chunks.stream().mapToInt(Chunk::count).sum() + tokens.size();
    }
}

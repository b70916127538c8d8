package dev.pargo.models.llm;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.tensor.HostTensor;

/** A part of a prompt. The parts of a prompt are in the order in which the decoder reads them. */
public sealed interface PromptPart {

    /** Number of rows that the part takes in the prompt. */
    int length();

    /** Token ids; at least one. */
    record Tokens(int[] ids) implements PromptPart {
        @Override
        public int length() {
            return ids.length;
        }
    }

    /**
     * A run of visual tokens, used in place of token embeddings.
     *
     * @param tokens [tokens, width]; the decoder's width may be followed by columns for its side inputs
     * @param grid   grid of the tokens
     */
    record Visual(HostTensor tokens, Grid grid) implements PromptPart {

        /** Visual tokens without a two-dimensional order. */
        public Visual(HostTensor tokens) {
            this(tokens, Grid.line(Math.toIntExact(tokens.shape()[0])));
        }

        @Override
        public int length() {
            return Math.toIntExact(tokens.shape()[0]);
        }
    }
}

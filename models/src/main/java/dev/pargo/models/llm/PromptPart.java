package dev.pargo.models.llm;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.tensor.HostTensor;

/** A part of a prompt, in the order in which the decoder reads them. */
public sealed interface PromptPart {

    /** Positions that the part takes. */
    int length();

    /** Token ids; at least one. */
    record Tokens(int[] ids) implements PromptPart {
        @Override
        public int length() {
            return ids.length;
        }
    }

    /**
     * A run of visual tokens that stand in for tokens.
     *
     * @param tokens [tokens, width]; behind the decoder's width may stand columns for its side inputs
     * @param grid   on which the tokens stand
     */
    record Visual(HostTensor tokens, Grid grid) implements PromptPart {

        /** Visual tokens that are no plane. */
        public Visual(HostTensor tokens) {
            this(tokens, Grid.line(Math.toIntExact(tokens.shape()[0])));
        }

        @Override
        public int length() {
            return Math.toIntExact(tokens.shape()[0]);
        }
    }
}

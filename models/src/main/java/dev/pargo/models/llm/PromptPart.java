package dev.pargo.models.llm;

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

    /** Embeddings that stand in for tokens: [tokens, decoder width]. */
    record Visual(HostTensor tokens) implements PromptPart {
        @Override
        public int length() {
            return Math.toIntExact(tokens.shape()[0]);
        }
    }
}

package dev.pargo.models.llm;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The tokens of a model's vocabulary that are allowed as the next token. Immutable.
 *
 * <p>It holds one byte for each token, which is the layout that the device takes. So any thread can build a mask in
 * advance, and the device's thread only copies memory.
 */
public final class TokenMask {

    private final byte[] allowed;

    private TokenMask(byte[] allowed) {
        this.allowed = allowed;
    }

    /**
     * A mask that allows some tokens.
     *
     * @param vocabulary size of the model's vocabulary; ids beyond it are left out
     */
    public static TokenMask of(BitSet ids, int vocabulary) {
        byte[] allowed = new byte[vocabulary];
        for (int first = ids.nextSetBit(0); first >= 0 && first < vocabulary; ) {
            int after = Math.min(vocabulary, ids.nextClearBit(first));
            Arrays.fill(allowed, first, after, (byte) 1);
            first = ids.nextSetBit(after);
        }
        return new TokenMask(allowed);
    }

    byte[] bytes() {
        return allowed;
    }
}

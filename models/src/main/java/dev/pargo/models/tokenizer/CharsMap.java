package dev.pargo.models.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The rules of a SentencePiece normaliser such as {@code nmt_nfkc}, as a model file has them: the size of a
 * double-array trie (Darts-clone) in bytes, the trie, and replacements that end with a NUL byte. The file may be
 * crafted, so every step is checked against the trie's size; a step out of the trie finds no rule. Thread-safe.
 */
final class CharsMap {

    /** A piece of text and its replacement. */
    record Match(int length, byte[] replacement) {}

    private static final int LEAF_LABEL = 1 << 31;

    /**
     * Longest replacement in bytes. Published rules need 33 bytes; a long replacement for each character would fill the
     * memory.
     */
    private static final int MAX_REPLACEMENT = 256;

    private static final Match NO_MATCH = new Match(0, new byte[0]);

    /** A unit that matches no byte. */
    private static final int NO_UNIT = LEAF_LABEL;

    private final int[] units;
    private final byte[] replacements;

    /** @throws IllegalArgumentException if the rules are not in this format */
    CharsMap(byte[] rules) {
        ByteBuffer in = ByteBuffer.wrap(rules).order(ByteOrder.LITTLE_ENDIAN);
        if (rules.length <= Integer.BYTES) {
            throw new IllegalArgumentException("the normaliser's rules are truncated");
        }
        int bytes = in.getInt();
        if (bytes <= 0 || bytes % Integer.BYTES != 0 || bytes > in.remaining()) {
            throw new IllegalArgumentException("the normaliser's rules have a trie of %d bytes, but %d are there"
                    .formatted(bytes, in.remaining()));
        }
        units = new int[bytes / Integer.BYTES];
        in.asIntBuffer().get(units);
        replacements = Arrays.copyOfRange(rules, Integer.BYTES + bytes, rules.length);
        if (replacements.length == 0 || replacements[replacements.length - 1] != 0) {
            throw new IllegalArgumentException("the normaliser's replacements do not end");
        }
        int run = 0;
        for (byte next : replacements) {
            run = next == 0 ? 0 : run + 1;
            if (run > MAX_REPLACEMENT) {
                throw new IllegalArgumentException(
                        "a replacement of the normaliser has more than %d bytes".formatted(MAX_REPLACEMENT));
            }
        }
    }

    /** The longest rule for the text at a position; of length 0 if there is none. */
    Match longest(byte[] text, int from) {
        int length = 0;
        int value = 0;
        int node = offset(unit(0));
        for (int i = from; i < text.length; i++) {
            int label = text[i] & 0xFF;
            node ^= label;
            int unit = unit(node);
            if ((unit & (LEAF_LABEL | 0xFF)) != label) {
                break;
            }
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                int found = unit(node) & ~LEAF_LABEL;
                if (found < replacements.length) {
                    length = i + 1 - from;
                    value = found;
                }
            }
        }
        return length == 0 ? NO_MATCH : new Match(length, replacement(value));
    }

    private int unit(int index) {
        return index < 0 || index >= units.length ? NO_UNIT : units[index];
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private byte[] replacement(int from) {
        int to = from;
        while (replacements[to] != 0) {
            to++;
        }
        return Arrays.copyOfRange(replacements, from, to);
    }
}

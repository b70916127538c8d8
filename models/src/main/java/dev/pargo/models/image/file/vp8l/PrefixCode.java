package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.ImageException;

/**
 * A canonical prefix code of at most 15 bits for each symbol, as tables. The first table is indexed by up to {@value
 * #ROOT_BITS} bits; longer codes lead to a second table. Immutable.
 */
final class PrefixCode {

    static final int MAX_LENGTH = 15;

    private static final int ROOT_BITS = 8;

    /**
     * Entries: the number of bits in the lowest eight bits, and above them a symbol or the position of a second table.
     */
    private static final int SYMBOL_SHIFT = 8;

    private static final int LENGTH_MASK = 0xff;

    private final int[] table;
    private final int rootBits;

    private PrefixCode(int[] table, int rootBits) {
        this.table = table;
        this.rootBits = rootBits;
    }

    /**
     * Builds a code.
     *
     * @param lengths [symbol] bits of its code, 0 for a symbol that does not occur
     * @param symbols number of symbols
     * @throws ImageException if the lengths are not those of a complete code
     */
    static PrefixCode of(byte[] lengths, int symbols) {
        int[] counts = new int[MAX_LENGTH + 1];
        int used = 0;
        int longest = 0;
        int last = 0;
        for (int symbol = 0; symbol < symbols; symbol++) {
            int length = lengths[symbol];
            if (length > 0) {
                counts[length]++;
                used++;
                last = symbol;
                longest = Math.max(longest, length);
            }
        }
        if (used == 1) {
            return new PrefixCode(new int[] {last << SYMBOL_SHIFT}, 0);
        }
        int unassigned = 1;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            unassigned = 2 * unassigned - counts[length];
            if (unassigned < 0) {
                throw ImageException.damaged();
            }
        }
        if (unassigned != 0 || used == 0) {
            throw ImageException.damaged();
        }
        return build(lengths, symbols, counts, longest);
    }

    private static PrefixCode build(byte[] lengths, int symbols, int[] counts, int longest) {
        int rootBits = Math.min(longest, ROOT_BITS);
        int[] codes = codes(lengths, symbols, counts);
        int[] longestOfRoot = new int[1 << rootBits];
        for (int symbol = 0; symbol < symbols; symbol++) {
            int root = codes[symbol] & longestOfRoot.length - 1;
            longestOfRoot[root] = Math.max(longestOfRoot[root], lengths[symbol]);
        }
        int[] second = new int[1 << rootBits];
        int size = 1 << rootBits;
        for (int root = 0; root < second.length; root++) {
            if (longestOfRoot[root] > rootBits) {
                second[root] = size;
                size += 1 << longestOfRoot[root] - rootBits;
            }
        }
        int[] table = new int[size];
        for (int root = 0; root < second.length; root++) {
            table[root] = second[root] << SYMBOL_SHIFT | longestOfRoot[root];
        }
        for (int symbol = 0; symbol < symbols; symbol++) {
            int length = lengths[symbol];
            int root = codes[symbol] & second.length - 1;
            if (length > rootBits) {
                int bits = longestOfRoot[root] - rootBits;
                fill(table, second[root], codes[symbol] >> rootBits, length - rootBits, bits, symbol, length);
            } else if (length > 0) {
                fill(table, 0, codes[symbol], length, rootBits, symbol, length);
            }
        }
        return new PrefixCode(table, rootBits);
    }

    /** The symbols' codes; the first bit to be read is the lowest. */
    private static int[] codes(byte[] lengths, int symbols, int[] counts) {
        int[] next = new int[MAX_LENGTH + 1];
        for (int length = 1, code = 0; length <= MAX_LENGTH; length++) {
            code = code + counts[length - 1] << 1;
            next[length] = code;
        }
        int[] codes = new int[symbols];
        for (int symbol = 0; symbol < symbols; symbol++) {
            int length = lengths[symbol];
            if (length > 0) {
                codes[symbol] = Integer.reverse(next[length]++) >>> Integer.SIZE - length;
            }
        }
        return codes;
    }

    /** Sets a symbol in all entries whose lowest bits are its code. */
    private static void fill(int[] table, int place, int code, int codeBits, int tableBits, int symbol, int length) {
        for (int at = code; at < 1 << tableBits; at += 1 << codeBits) {
            table[place + at] = symbol << SYMBOL_SHIFT | length;
        }
    }

    /** Memory of the tables in bytes. */
    int entries() {
        return table.length;
    }

    /** Reads a symbol. */
    int read(BitReader in) {
        long bits = in.peek();
        int entry = table[(int) bits & (1 << rootBits) - 1];
        int length = entry & LENGTH_MASK;
        if (length > rootBits) {
            int second = (int) (bits >>> rootBits) & (1 << length - rootBits) - 1;
            entry = table[(entry >>> SYMBOL_SHIFT) + second];
        }
        in.skip(entry & LENGTH_MASK);
        return entry >>> SYMBOL_SHIFT;
    }
}

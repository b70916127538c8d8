package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.ImageException;
import java.util.Arrays;

/** Reads the description of a prefix code. Not thread-safe. */
final class PrefixCodeReader {

    private static final int[] LENGTH_ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    private static final int REPEAT_PREVIOUS = 16;
    private static final int[] REPEAT_BITS = {2, 3, 7};
    private static final int[] LEAST_REPEATS = {3, 3, 11};
    private static final int FIRST_PREVIOUS = 8;

    private final BitReader in;
    private final byte[] lengths;

    PrefixCodeReader(BitReader in, int largestAlphabet) {
        this.in = in;
        this.lengths = new byte[largestAlphabet];
    }

    /** Reads a code of an alphabet. */
    PrefixCode read(int alphabet) {
        Arrays.fill(lengths, (byte) 0);
        if (in.flag()) {
            readOneOrTwo();
        } else {
            readLengths(alphabet);
        }
        return PrefixCode.of(lengths, alphabet);
    }

    private void readOneOrTwo() {
        boolean two = in.flag();
        int first = in.read(in.flag() ? 8 : 1);
        lengths[first] = 1;
        if (two) {
            lengths[in.read(8)] = 1;
        }
    }

    private void readLengths(int alphabet) {
        byte[] codeLengths = new byte[LENGTH_ORDER.length];
        int count = in.read(4) + 4;
        for (int i = 0; i < count; i++) {
            codeLengths[LENGTH_ORDER[i]] = (byte) in.read(3);
        }
        PrefixCode code = PrefixCode.of(codeLengths, codeLengths.length);
        int most = in.flag() ? 2 + in.read(2 + 2 * in.read(3)) : alphabet;
        if (most > alphabet) {
            throw ImageException.damaged();
        }
        byte previous = FIRST_PREVIOUS;
        for (int symbol = 0; symbol < alphabet && most > 0; most--) {
            int length = code.read(in);
            if (length < REPEAT_PREVIOUS) {
                lengths[symbol++] = (byte) length;
                previous = length == 0 ? previous : (byte) length;
                continue;
            }
            int kind = length - REPEAT_PREVIOUS;
            int end = symbol + LEAST_REPEATS[kind] + in.read(REPEAT_BITS[kind]);
            if (end > alphabet) {
                throw ImageException.damaged();
            }
            Arrays.fill(lengths, symbol, end, length == REPEAT_PREVIOUS ? previous : 0);
            symbol = end;
        }
        if (in.isExhausted()) {
            throw ImageException.incomplete();
        }
    }
}

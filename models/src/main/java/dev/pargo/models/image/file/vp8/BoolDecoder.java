package dev.pargo.models.image.file.vp8;

/** The boolean entropy decoder of RFC 6386, section 7, over one partition of a frame. Not thread-safe. */
final class BoolDecoder {

    private static final int EVEN = 128;

    /** Number of bytes that are fetched at once; together with the remaining bits they fit into a long. */
    private static final int FETCH = 6;

    private final byte[] data;
    private final int end;
    private int at;

    /** Bits that were read from the data and not yet consumed: the lowest {@code bits + 8} bits. */
    private long value;

    private int bits = -8;

    /** The range less one, 126 to 254. */
    private int range = 254;

    private boolean exhausted;

    BoolDecoder(byte[] data, int from, int length) {
        this.data = data;
        this.at = from;
        this.end = from + length;
    }

    /** Reads one bit that is 0 with a probability of {@code probability / 256}. */
    int bit(int probability) {
        if (bits < 0) {
            fetch();
        }
        int split = range * probability >> 8;
        int next;
        int bit;
        if ((int) (value >>> bits) > split) {
            value -= (long) (split + 1) << bits;
            next = range - split;
            bit = 1;
        } else {
            next = split + 1;
            bit = 0;
        }
        int shift = Integer.numberOfLeadingZeros(next) - 24;
        bits -= shift;
        range = (next << shift) - 1;
        return bit;
    }

    boolean flag() {
        return bit(EVEN) == 1;
    }

    /** Reads an unsigned number, most significant bit first. */
    int number(int length) {
        int number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 1 | bit(EVEN);
        }
        return number;
    }

    /** Reads a magnitude and then its sign. */
    int signed(int length) {
        int magnitude = number(length);
        return flag() ? -magnitude : magnitude;
    }

    /** Reads a flag and, if it is set, a number; otherwise 0. */
    int optionalSigned(int length) {
        return flag() ? signed(length) : 0;
    }

    /** Whether more bits were read than the partition contains. */
    boolean isExhausted() {
        return exhausted;
    }

    private void fetch() {
        int count = Math.min(FETCH, end - at);
        if (count == 0) {
            exhausted = true;
            value <<= 8;
            bits += 8;
            return;
        }
        for (int i = 0; i < count; i++) {
            value = value << 8 | data[at++] & 0xff;
        }
        bits += 8 * count;
    }
}

package dev.pargo.models.image.file.vp8l;

/** Reads bits, least significant first. After the end of the data all bits are 0. Not thread-safe. */
final class BitReader {

    private static final int REFILL_BELOW = 32;

    private final byte[] data;
    private final int end;
    private int at;
    private long buffer;
    private int available;

    BitReader(byte[] data, int from, int length) {
        this.data = data;
        this.at = from;
        this.end = from + length;
    }

    /** At least the next 32 bits. They are not consumed. */
    long peek() {
        while (available < REFILL_BELOW && at < end) {
            buffer |= (data[at++] & 0xffL) << available;
            available += Byte.SIZE;
        }
        return buffer;
    }

    void skip(int bits) {
        buffer >>>= bits;
        available -= bits;
    }

    /** Reads a number of 0 to 24 bits. */
    int read(int bits) {
        int number = (int) peek() & (1 << bits) - 1;
        skip(bits);
        return number;
    }

    boolean flag() {
        return read(1) == 1;
    }

    /** Whether more bits were read than the data contains. */
    boolean isExhausted() {
        return available < 0;
    }
}

package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;
import java.util.Arrays;

/** Unpacks the palette indices of a GIF frame. Not thread-safe. */
final class GifLzw {

    private static final int MAX_BITS = 12;
    private static final int CODES = 1 << MAX_BITS;
    private static final int FIRST_PIXELS = 1 << 18;
    private static final int PIXELS_BETWEEN_CHECKS = 1 << 16;

    private final Bytes file;

    /** Position of the next block of data, which begins with its length. */
    private int nextBlock;

    private int at;
    private int blockEnd;
    private int buffer;
    private int available;

    private final int clear;
    private final int end;

    /** [code] of the string before the last index, the last index itself, and the string's length. */
    private final short[] prefix = new short[CODES];

    private final byte[] last = new byte[CODES];
    private final short[] length = new short[CODES];

    /** @param data position of the byte with the number of bits of an index; the blocks follow it */
    GifLzw(Bytes file, int data) {
        this.file = file;
        int bits = file.u8(data);
        if (bits < 1 || bits >= MAX_BITS) {
            throw ImageException.damaged();
        }
        this.nextBlock = data + 1;
        this.clear = 1 << bits;
        this.end = clear + 1;
        for (int index = 0; index < clear && index < CODES; index++) {
            last[index] = (byte) index;
            length[index] = 1;
        }
    }

    /**
     * Reads indices.
     *
     * @throws ImageException if the data is damaged or has fewer indices
     */
    byte[] read(int count) {
        byte[] indices = new byte[Math.min(count, FIRST_PIXELS)];
        int bits = firstBits();
        int next = end + 1;
        int previous = -1;
        int check = 0;
        for (int filled = 0; filled < count; ) {
            int code = readCode(bits);
            if (code == clear) {
                bits = firstBits();
                next = end + 1;
                previous = -1;
                continue;
            }
            if (code == end) {
                throw ImageException.incomplete();
            }
            if (code > next || code == next && (previous < 0 || next == CODES)) {
                throw ImageException.damaged();
            }
            if (previous >= 0 && next < CODES) {
                prefix[next] = (short) previous;
                length[next] = (short) (length[previous] + 1);
                last[next] = first(code == next ? previous : code);
                next++;
                if (next == 1 << bits && bits < MAX_BITS) {
                    bits++;
                }
            }
            previous = code;
            int to = filled + length[code];
            if (Math.min(to, count) > indices.length) {
                indices = Arrays.copyOf(indices, (int) Math.min(count, Math.max(to, 2L * indices.length)));
            }
            write(code, indices, to);
            filled = to;
            if (filled >= check) {
                Interruption.check();
                check = filled + PIXELS_BETWEEN_CHECKS;
            }
        }
        return indices;
    }

    private int firstBits() {
        return Integer.SIZE - Integer.numberOfLeadingZeros(clear);
    }

    private byte first(int code) {
        int at = code;
        while (length[at] > 1) {
            at = prefix[at];
        }
        return last[at];
    }

    /** Writes a string backwards from its end, without the part beyond the picture. */
    private void write(int code, byte[] indices, int to) {
        int at = code;
        for (int i = to - 1; ; i--) {
            if (i < indices.length) {
                indices[i] = last[at];
            }
            if (length[at] == 1) {
                return;
            }
            at = prefix[at];
        }
    }

    private int readCode(int bits) {
        while (available < bits) {
            if (at == blockEnd) {
                openBlock();
            }
            buffer |= file.u8(at++) << available;
            available += Byte.SIZE;
        }
        int code = buffer & (1 << bits) - 1;
        buffer >>>= bits;
        available -= bits;
        return code;
    }

    private void openBlock() {
        int size = file.u8(nextBlock);
        if (size == 0) {
            throw ImageException.incomplete();
        }
        at = nextBlock + 1;
        blockEnd = at + size;
        nextBlock = blockEnd;
    }
}

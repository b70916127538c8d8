package dev.pargo.models.weights;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Arguments of a pickle's opcodes. Every method throws {@link BufferUnderflowException} at the end of the pickle. No
 * method allocates more than the rest of the pickle.
 */
final class PickleInput {

    static final class MalformedException extends RuntimeException {
        MalformedException(String message) {
            super(message);
        }
    }

    private static final int MAX_LINE = 256;

    private final ByteBuffer pickle;

    /** @param pickle little-endian */
    PickleInput(ByteBuffer pickle) {
        this.pickle = pickle;
    }

    int position() {
        return pickle.position();
    }

    int u8() {
        return Byte.toUnsignedInt(pickle.get());
    }

    int u16() {
        return Short.toUnsignedInt(pickle.getShort());
    }

    int i32() {
        return pickle.getInt();
    }

    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(pickle.getLong()));
    }

    /** A length in one byte, then a signed number of that many bytes. */
    long longInteger() {
        int bytes = u8();
        if (bytes > Long.BYTES) {
            throw new MalformedException("an integer of %d bytes".formatted(bytes));
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) u8() << (8 * i);
        }
        int unused = Long.SIZE - 8 * bytes;
        return bytes == 0 ? 0 : value << unused >> unused;
    }

    /** A length in four bytes, then UTF-8. */
    String string() {
        int bytes = pickle.getInt();
        if (bytes < 0 || bytes > pickle.remaining()) {
            throw new MalformedException("text of %s bytes where %d are left"
                    .formatted(Integer.toUnsignedString(bytes), pickle.remaining()));
        }
        ByteBuffer text = pickle.slice(pickle.position(), bytes);
        pickle.position(pickle.position() + bytes);
        return StandardCharsets.UTF_8.decode(text).toString();
    }

    /** ASCII up to a line feed. */
    String line() {
        StringBuilder line = new StringBuilder();
        for (int c = u8(); c != '\n'; c = u8()) {
            if (line.length() == MAX_LINE) {
                throw new MalformedException("a name longer than %d characters".formatted(MAX_LINE));
            }
            line.append((char) c);
        }
        return line.toString();
    }
}

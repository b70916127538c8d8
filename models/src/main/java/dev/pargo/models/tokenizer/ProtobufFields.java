package dev.pargo.models.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The fields of one protobuf message, one after another. Malformed input leads to an {@link IllegalArgumentException}
 * or to an exception of the buffer or of arithmetic.
 */
final class ProtobufFields {

    private final ByteBuffer in;
    private int number;
    private long varint;
    private float number32;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    ProtobufFields(ByteBuffer in) {
        this.in = in.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Moves on to the next field; false at the end. */
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long key = readVarint();
        number = (int) (key >>> 3);
        switch ((int) (key & 7)) {
            case 0 -> varint = readVarint();
            case 1 -> in.getLong();
            case 2 -> {
                int length = Math.toIntExact(readVarint());
                bytes = in.slice(in.position(), length);
                in.position(in.position() + length);
            }
            case 5 -> number32 = in.getFloat();
            default -> throw new IllegalArgumentException("not a SentencePiece model");
        }
        return true;
    }

    int number() {
        return number;
    }

    long varint() {
        return varint;
    }

    float number32() {
        return number32;
    }

    ProtobufFields message() {
        return new ProtobufFields(bytes);
    }

    String string() {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    byte[] bytes() {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a SentencePiece model");
    }
}

package dev.pargo.models.image.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Numbers and texts in the bytes of a file. Reading past the end throws {@link IndexOutOfBoundsException}.
 */
record Bytes(byte[] array) {

    int length() {
        return array.length;
    }

    int u8(int at) {
        return array[at] & 0xff;
    }

    int u16be(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    int u16le(int at) {
        return u8(at) | u8(at + 1) << 8;
    }

    int u24le(int at) {
        return u16le(at) | u8(at + 2) << 16;
    }

    int u24be(int at) {
        return u16be(at) << 8 | u8(at + 2);
    }

    int i32be(int at) {
        return u16be(at) << 16 | u16be(at + 2);
    }

    int i32le(int at) {
        return u16le(at) | u16le(at + 2) << 16;
    }

    /** Whether the bytes at {@code at} are the text in Latin-1; false if the file ends before. */
    boolean hasText(int at, String text) {
        byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
        return at + expected.length <= array.length
                && Arrays.equals(array, at, at + expected.length, expected, 0, expected.length);
    }

    byte[] copy(int from, int length) {
        Objects.checkFromIndexSize(from, length, array.length);
        return Arrays.copyOfRange(array, from, from + length);
    }
}

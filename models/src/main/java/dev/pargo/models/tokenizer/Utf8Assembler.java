package dev.pargo.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects bytes and returns whole characters. An unfinished character is held back; a malformed one becomes U+FFFD.
 */
final class Utf8Assembler {

    private byte[] held = new byte[0];

    String append(byte[] bytes) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(held.length + bytes.length);
        joined.writeBytes(held);
        joined.writeBytes(bytes);
        byte[] all = joined.toByteArray();
        int whole = all.length - unfinished(all);
        held = Arrays.copyOfRange(all, whole, all.length);
        return new String(all, 0, whole, StandardCharsets.UTF_8);
    }

    String finish() {
        String rest = new String(held, StandardCharsets.UTF_8);
        held = new byte[0];
        return rest;
    }

    /** Number of bytes at the end that begin an unfinished character: at most 3. */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int lead = bytes[bytes.length - back] & 0xFF;
            if (lead >= 0xC0) {
                int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
            if (lead < 0x80) {
                return 0;
            }
        }
        return 0;
    }
}

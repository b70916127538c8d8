package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes bytes at random. The same seed and number give the same change. Thread-safe. */
final class Mutator {

    private static final int MOST_CHANGES = 4;
    private static final List<byte[]> WORDS = List.of(
            bytes("null"),
            bytes("-1"),
            bytes("1e999"),
            bytes("{}"),
            bytes("[]"),
            bytes("\""),
            bytes("\\u0000"),
            bytes("\\ud800"),
            bytes("9999999999999999999"),
            bytes("true"),
            new byte[] {(byte) 0xC0, (byte) 0xAF},
            new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
            new byte[] {0, 0, 0, 0},
            new byte[] {0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF});

    private final long seed;

    Mutator(long seed) {
        this.seed = seed;
    }

    /** A changed copy. */
    byte[] mutate(byte[] original, int number) {
        Random random = new Random(seed + number);
        byte[] mutated = original;
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0 && mutated.length > 1; changes--) {
            mutated = change(mutated, random);
        }
        return mutated;
    }

    private static byte[] change(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
        byte[] word = WORDS.get(random.nextInt(WORDS.size()));
        return switch (random.nextInt(6)) {
            case 0 -> flip(bytes, at, random);
            case 1 -> splice(bytes, at, length, new byte[0]);
            case 2 -> splice(bytes, at, 0, word);
            case 3 -> splice(bytes, at, length, word);
            case 4 -> splice(bytes, at, 0, slice(bytes, at, length));
            default -> random.nextInt(8) == 0 ? slice(bytes, 0, at) : flip(bytes, at, random);
        };
    }

    private static byte[] flip(byte[] bytes, int at, Random random) {
        byte[] copy = bytes.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    /** Replaces a part. */
    private static byte[] splice(byte[] bytes, int at, int length, byte[] part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(part);
        out.write(bytes, at + length, bytes.length - at - length);
        return out.toByteArray();
    }

    private static byte[] slice(byte[] bytes, int at, int length) {
        return Arrays.copyOfRange(bytes, at, at + length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}

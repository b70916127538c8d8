package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {

    private static final int LARGE = 64 << 20;

    @TempDir
    Path directory;

    @Test
    void staysTheSameForeverForTheSameWeights() {
        assertThat(Fingerprint.of(Checkpoint.open(Fixtures.path("mlp/fusion.pt"))))
                .isEqualTo("b6243ef2f9be2991");
    }

    @Test
    void dependsNeitherOnThePlaceNorTheTimeNorTheLayout() throws Exception {
        String original = Fingerprint.of(Checkpoint.open(Fixtures.path("pargo/pargo.pt")));
        Path copy = Files.copy(Fixtures.path("pargo/pargo.pt"), directory.resolve("copy"));
        Files.setLastModifiedTime(copy, FileTime.fromMillis(0));

        assertThat(Fingerprint.of(Checkpoint.open(copy))).isEqualTo(original);
        assertThat(Fingerprint.of(FusionCheckpoint.open(Fixtures.path("pargo/pytorch_model.bin"))))
                .isEqualTo(original);
    }

    @Test
    void changesWithEveryNameTypeShapeAndValue() throws Exception {
        Set<String> seen = new HashSet<>();
        seen.add(small("a", "F32", "[2,1]", new byte[8]));
        seen.add(small("b", "F32", "[2,1]", new byte[8]));
        seen.add(small("a", "F32", "[1,2]", new byte[8]));
        seen.add(small("a", "I32", "[2,1]", new byte[8]));
        seen.add(small("a", "F32", "[2,1]", new byte[] {0, 0, 0, 0, 0, 0, 0, 1}));

        assertThat(seen).hasSize(5);
    }

    private String small(String name, String dtype, String shape, byte[] data) throws Exception {
        String header = "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[0,8]}}".formatted(name, dtype, shape);
        return Fingerprint.of(Checkpoint.open(WeightFiles.safetensors(directory.resolve("f"), header, data)));
    }

    @Test
    void changesWithASetting() {
        assertThat(new Fingerprint().add("mask", "released").hex())
                .isNotEqualTo(new Fingerprint().add("mask", "cascaded").hex())
                .isNotEqualTo(new Fingerprint().add("maskreleased", "").hex())
                .hasSize(16);
    }

    @Test
    void samplesALargeTensorFromItsBeginningToItsEnd() throws Exception {
        String header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(LARGE / 4, LARGE);
        Path file = WeightFiles.safetensors(directory.resolve("f"), header, new byte[0]);
        long start = Files.size(file);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(start + LARGE);
            Set<String> seen = new HashSet<>();
            seen.add(Fingerprint.of(Checkpoint.open(file)));
            for (long position : new long[] {start, start + LARGE - 1}) {
                raw.seek(position);
                raw.write(1);
                seen.add(Fingerprint.of(Checkpoint.open(file)));
            }
            assertThat(seen).hasSize(3);
        }
    }

    @Test
    void takesNoLongerForLargerTensors() throws Exception {
        long bytes = 15L << 30;
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(bytes, bytes);
        Path file = WeightFiles.safetensors(directory.resolve("f"), header, new byte[0]);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(raw.length() + bytes);
        }
        long begin = System.nanoTime();
        Fingerprint.of(Checkpoint.open(file));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private static final String TENSOR = "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}";

    @TempDir
    Path directory;

    @Test
    void skipsMetadataAndReadsScalarsAndEmptyTensors() throws Exception {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},\"s\":%s,\"e\":%s}   "
                .formatted(tensor("F32", "[]", 0, 4), tensor("BF16", "[3,0]", 4, 4));
        Checkpoint checkpoint = Checkpoint.open(file(header, WeightFiles.floats(2.5f)));

        assertThat(checkpoint.tensors()).containsOnlyKeys("s", "e");
        assertThat(Floats.of(checkpoint.read("s"))).containsExactly(2.5f);
        RefusedFiles.assertRefused(() -> checkpoint.read("e"), directory, "cannot be read");
    }

    @Test
    void refusesARealFileTruncatedAnywhere() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("clip_llava/projector.safetensors"));
        Path file = directory.resolve("truncated");
        for (int length : new int[] {1, 8, 9, 100, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            RefusedFiles.assertRefused(file, "");
        }
        RefusedFiles.assertRefused(file, "is truncated");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 27})
    void refusesAnAbsurdHeaderLength(long length) throws Exception {
        Path file =
                WeightFiles.safetensors(directory.resolve("f"), length, "{\"a\":" + " ".repeat(20) + "}", new byte[0]);
        RefusedFiles.assertRefused(file, "header of " + Long.toUnsignedString(length) + " bytes");
    }

    @Test
    void refusesAHeaderBeyondTheLimitWithoutReadingIt() throws Exception {
        Path file = WeightFiles.safetensors(directory.resolve("f"), 1 << 25, "{" + " ".repeat(1 << 25), new byte[0]);
        RefusedFiles.assertRefused(file, "at most 16777216 are allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{}x", "{\"a\":}", "{\"a\":1,\"a\":1}"})
    void refusesAMalformedHeader(String header) throws Exception {
        RefusedFiles.assertRefused(file(header, new byte[0]), "the header is not valid JSON");
    }

    @Test
    void refusesDeeplyNestedJson() throws Exception {
        String header = "{\"a\":" + "[".repeat(1_000_000);
        RefusedFiles.assertRefused(file(header, new byte[0]), "the header is not valid JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F8_E4M3 | [2]            | 0 | 8 | unsupported dtype 'F8_E4M3'",
                "F32     | [-2]           | 0 | 8 | shape is not a list of whole numbers",
                "F32     | [1.5]          | 0 | 8 | shape is not a list of whole numbers",
                "F32     | [9e30]         | 0 | 8 | shape is not a list of whole numbers",
                "F32     | [99999999999999999999] | 0 | 8 | shape is not a list of whole numbers",
                "F32     | 2              | 0 | 8 | shape is not a list of whole numbers",
                "F32     | [3]            | 0 | 8 | does not fill 8 bytes",
                "F32     | [4294967296,4294967296] | 0 | 8 | does not fill 8 bytes",
                "F32     | [2]            | 8 | 0 | data_offsets is not a range",
                "F32     | [2]            | 0 | 9223372036854775807 | is truncated",
                "F32     | [2]            | 4 | 12 | is truncated",
                "F32     | [1]            | 4 | 8 | leave a gap",
                "F32     | [1]            | 0 | 4 | 4 bytes after the last tensor"
            })
    void refusesATensorThatDoesNotFit(String dtype, String shape, long begin, long end, String problem)
            throws Exception {
        Path file = file("{\"t\":%s}".formatted(tensor(dtype, shape, begin, end)), new byte[8]);
        RefusedFiles.assertRefused(file, problem);
    }

    @Test
    void refusesOverlappingTensors() throws Exception {
        String header = "{\"a\":%s,\"b\":%s}".formatted(tensor("F32", "[2]", 0, 8), tensor("F32", "[2]", 4, 12));
        RefusedFiles.assertRefused(file(header, new byte[12]), "tensor b: data_offsets overlap another tensor");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"t\":1}",
                "{\"t\":{}}",
                "{\"t\":{\"dtype\":\"F32\"}}",
                "{\"t\":{\"dtype\":\"F32\",\"shape\":[]}}"
            })
    void refusesATensorWithoutItsFields(String header) throws Exception {
        RefusedFiles.assertRefused(file(header, new byte[0]), "tensor t: ");
    }

    private Path file(String header, byte[] data) throws Exception {
        return WeightFiles.safetensors(directory.resolve("f"), header, data);
    }

    private static String tensor(String dtype, String shape, long begin, long end) {
        return TENSOR.formatted(dtype, shape, begin, end);
    }
}

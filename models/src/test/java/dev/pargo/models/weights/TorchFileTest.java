package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.weights.WeightFiles.Pickle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    private static final byte[] EIGHT_FLOATS = WeightFiles.floats(0, 1, 2, 3, 4, 5, 6, 7);

    @TempDir
    Path directory;

    @Test
    void readsAnArchiveWithZip64Numbers() throws Exception {
        byte[] pickle = one(8, 2, new long[] {3}, new long[] {1});
        Checkpoint checkpoint = Checkpoint.open(WeightFiles.zip64(directory.resolve("f"), pickle, EIGHT_FLOATS));

        assertThat(Floats.of(checkpoint.read("t"))).containsExactly(2, 3, 4);
    }

    @Test
    void refusesAZip64ArchiveCutAnywhere() throws Exception {
        byte[] pickle = one(8, 2, new long[] {3}, new long[] {1});
        Path file = directory.resolve("f");
        byte[] whole = Files.readAllBytes(WeightFiles.zip64(file, pickle, EIGHT_FLOATS));
        for (int start = 4; start < whole.length; start += 7) {
            byte[] bytes = Arrays.copyOf(whole, whole.length - start);
            bytes = Arrays.copyOf(bytes, bytes.length + 22);
            System.arraycopy(whole, whole.length - 22, bytes, bytes.length - 22, 22);
            Files.write(file, bytes);
            RefusedFiles.assertRefused(file, "");
        }
    }

    @Test
    void refusesARealFileTruncatedAnywhere() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("internlm2/fusion_lora.pt"));
        Path file = directory.resolve("truncated");
        for (int length = 1; length < whole.length; length += 997) {
            Files.write(file, Arrays.copyOf(whole, length));
            RefusedFiles.assertRefused(file, length < 4 ? "neither" : "is truncated");
        }
    }

    /** Damage may go unnoticed (a changed weight), but the only possible results are numbers or a refusal. */
    @Test
    void survivesAnyDamagedByteOfTheHeaders() throws Exception {
        byte[] whole = Files.readAllBytes(
                WeightFiles.torch(directory.resolve("f"), one(8, 0, new long[] {8}, new long[] {1}), EIGHT_FLOATS));
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) 0xff;
            try {
                Checkpoint checkpoint = Checkpoint.open(Files.write(directory.resolve("damaged"), damaged));
                checkpoint.tensors().keySet().forEach(checkpoint::read);
            } catch (CheckpointException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive/data.pkl", "archive/data/0"})
    void refusesADeflatedRecordSoThatNothingIsInflated(String deflated) throws Exception {
        byte[] pickle = one(8, 0, new long[] {8}, new long[] {1});
        Path file = directory.resolve("bomb");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : new String[] {"archive/data.pkl", "archive/data/0"}) {
                byte[] content = name.equals("archive/data.pkl") ? pickle : EIGHT_FLOATS;
                if (name.equals(deflated)) {
                    zip.putNextEntry(new ZipEntry(name));
                    zip.write(content);
                    zip.write(new byte[20 << 20]);
                    zip.closeEntry();
                } else {
                    WeightFiles.store(zip, name, content);
                }
            }
        }
        RefusedFiles.assertRefused(file, "record " + deflated + " is compressed or encrypted");
    }

    /** The directory's method (at 10) says deflated, or its flags (at 8) encrypted, though the sizes are equal. */
    @ParameterizedTest
    @CsvSource({"10, 8", "8, 1"})
    void refusesARecordThatOnlySaysItIsNotStored(int field, byte value) throws Exception {
        Path file = directory.resolve("f");
        byte[] bytes =
                Files.readAllBytes(WeightFiles.torch(file, one(8, 0, new long[] {8}, new long[] {1}), EIGHT_FLOATS));
        int central = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\001\002");
        bytes[central + field] = value;

        RefusedFiles.assertRefused(Files.write(file, bytes), "record archive/data.pkl is compressed or encrypted");
    }

    @Test
    void refusesAPickleBeyondTheLimit() throws Exception {
        Path file = WeightFiles.torch(directory.resolve("f"), new byte[(16 << 20) + 1], EIGHT_FLOATS);
        RefusedFiles.assertRefused(file, "at most 16777216 are allowed");
    }

    @Test
    void refusesBigEndianStorages() throws Exception {
        RefusedFiles.assertRefused(zip("a/data.pkl", "N.", "a/byteorder", "big"), "byte order 'big'");
    }

    @Test
    void refusesAnArchiveThatTorchDidNotSave() throws Exception {
        RefusedFiles.assertRefused(zip("a/readme", "x"), "not one of torch.save");
        RefusedFiles.assertRefused(zip("a/data.pkl", "N.", "b/data.pkl", "N."), "it has 2 data.pkl");
    }

    @Test
    void refusesAValueThatIsNoDictionary() throws Exception {
        RefusedFiles.assertRefused(zip("a/data.pkl", "N."), "does not hold a dictionary");
    }

    @Test
    void refusesAStorageWithoutARecord() throws Exception {
        byte[] pickle = one(8, 0, new long[] {8}, new long[] {1});
        Path file = zip("archive/data.pkl", new String(pickle, StandardCharsets.ISO_8859_1));
        RefusedFiles.assertRefused(file, "has no record archive/data/0");
    }

    @Test
    void refusesAStorageLargerThanItsRecord() throws Exception {
        assertTensorRefused(9, 0, new long[] {9}, new long[] {1}, "a storage of 9 FLOAT32 in a record of 32 bytes");
        assertTensorRefused(-1, 0, new long[] {1}, new long[] {1}, "a storage of -1 FLOAT32");
    }

    @Test
    void refusesATensorThatLeavesItsStorage() throws Exception {
        String problem = "tensor t does not lie within its storage";
        assertTensorRefused(8, 0, new long[] {9}, new long[] {1}, problem);
        assertTensorRefused(8, 1, new long[] {8}, new long[] {1}, problem);
        assertTensorRefused(8, -1, new long[] {1}, new long[] {1}, problem);
        assertTensorRefused(8, 0, new long[] {2, 2}, new long[] {7, 1}, problem);
        assertTensorRefused(8, 7, new long[] {2}, new long[] {-1}, problem);
        assertTensorRefused(8, 0, new long[] {-2}, new long[] {1}, problem);
        assertTensorRefused(8, 0, new long[] {2, 2}, new long[] {1}, problem);
        assertTensorRefused(8, 9, new long[] {0}, new long[] {1}, problem);
        int huge = Integer.MAX_VALUE;
        assertTensorRefused(8, 0, new long[] {huge, huge, huge, huge}, new long[] {huge, huge, huge, huge}, problem);
    }

    @Test
    void refusesATensorOfMoreElementsThanItsStorageHas() throws Exception {
        // A stride of 0 repeats an element without taking space.
        assertTensorRefused(8, 0, new long[] {1 << 30, 1 << 30}, new long[] {0, 0}, "does not lie within its storage");
    }

    /** 50,000 keys lead to one dictionary of 5,000 tensors: looking into each would take minutes. */
    @Test
    void looksAtADictionaryOnceHoweverOftenItIsNamed() throws Exception {
        Pickle pickle = new Pickle()
                .op('}', '(')
                .text("state_dict")
                .op('}', 'q', 0, '(')
                .text("first");
        pickle.tensor("FloatStorage", 8, 0, new long[] {8}, new long[] {1}).op('q', 1);
        for (int i = 1; i < 5_000; i++) {
            pickle.text("t" + i).op('h', 1);
        }
        pickle.op('u');
        for (int i = 0; i < 50_000; i++) {
            pickle.text("d" + i).op('h', 0);
        }
        Path file = WeightFiles.torch(directory.resolve("f"), pickle.op('u').stop(), EIGHT_FLOATS);

        long start = System.nanoTime();
        assertThat(Checkpoint.open(file).tensors()).hasSize(5_000);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    private void assertTensorRefused(long elements, long offset, long[] shape, long[] strides, String problem)
            throws IOException {
        byte[] pickle = one(elements, offset, shape, strides);
        RefusedFiles.assertRefused(WeightFiles.torch(directory.resolve("f"), pickle, EIGHT_FLOATS), problem);
    }

    /** A dictionary with one tensor named t. */
    private static byte[] one(long elements, long offset, long[] shape, long[] strides) {
        return new Pickle()
                .op('}')
                .text("t")
                .tensor("FloatStorage", elements, offset, shape, strides)
                .op('s')
                .stop();
    }

    private Path zip(String... namesAndContents) throws IOException {
        Path file = directory.resolve("f");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                WeightFiles.store(
                        zip, namesAndContents[i], namesAndContents[i + 1].getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return file;
    }
}

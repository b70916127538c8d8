package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {

    private static final List<WrittenTensor> TENSORS = List.of(
            new WrittenTensor("block.weight", DType.BFLOAT16, 3, 5),
            new WrittenTensor("block.bias", DType.FLOAT16, 5),
            new WrittenTensor("scale", DType.FLOAT32),
            new WrittenTensor("position_ids", DType.INT64, 1, 4),
            new WrittenTensor("äöü", DType.FLOAT32, 2, 1, 2));

    @TempDir
    private Path directory;

    /** Bytes 1, 2, 3, ..., in pieces, beginning with another one for each tensor. */
    private static final TensorValues VALUES = (tensor, out) -> {
        byte[] bytes = bytes(tensor);
        int cut = bytes.length / 3;
        out.accept(ByteBuffer.wrap(bytes, 0, cut));
        out.accept(ByteBuffer.wrap(bytes, cut, bytes.length - cut).slice());
    };

    private static byte[] bytes(WrittenTensor tensor) {
        byte[] bytes = new byte[(int) tensor.bytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (tensor.name().hashCode() + i);
        }
        return bytes;
    }

    private static void assertHolds(Checkpoint checkpoint, List<WrittenTensor> tensors) {
        assertThat(checkpoint.tensors()).hasSize(tensors.size());
        for (WrittenTensor tensor : tensors) {
            HostTensor read = checkpoint.read(tensor.name());
            assertThat(read.dtype()).isEqualTo(tensor.dtype());
            assertThat(read.shape()).isEqualTo(tensor.shape());
            assertThat(read.data()).isEqualTo(ByteBuffer.wrap(bytes(tensor)));
        }
    }

    @Test
    void whatIsWrittenAsSafetensorsIsReadBack() {
        Path file = directory.resolve("model.safetensors");
        SafetensorsWriter.write(file, TENSORS, VALUES);
        assertHolds(Checkpoint.open(file), TENSORS);
    }

    @Test
    void elementsOfSafetensorsLieAtMultiplesOfTheirWidth() {
        Path file = directory.resolve("model.safetensors");
        SafetensorsWriter.write(file, TENSORS, VALUES);
        assertThat(Checkpoint.open(file).tensors().values())
                .allSatisfy(tensor ->
                        assertThat(tensor.offset() % tensor.dtype().bytes()).isZero());
    }

    @Test
    void whatIsWrittenAsTorchArchiveIsReadBack() {
        Path file = directory.resolve("weights.pt");
        TorchFileWriter.write(file, TENSORS, VALUES);
        assertHolds(Checkpoint.open(file), TENSORS);
        assertThat(Checkpoint.open(file).tensors().values())
                .allSatisfy(tensor -> assertThat(tensor.offset() % 64).isZero());
    }

    /** The JDK's reader checks the checksums as it reads. */
    @Test
    void torchArchivesAreSoundZipFiles() throws IOException {
        Path file = directory.resolve("weights.pt");
        TorchFileWriter.write(file, TENSORS, VALUES);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .contains("weights/data.pkl", "weights/byteorder", "weights/version", "weights/data/4");
            for (ZipEntry entry : zip.stream().toArray(ZipEntry[]::new)) {
                try (InputStream content = zip.getInputStream(entry)) {
                    assertThat(content.readAllBytes()).hasSize((int) entry.getSize());
                }
            }
            try (InputStream first = zip.getInputStream(zip.getEntry("weights/data/0"))) {
                assertThat(first.readAllBytes()).isEqualTo(bytes(TENSORS.get(0)));
            }
        }
    }

    @Test
    void aDirectoryIsSplitIntoShardsOfTheGivenSize() {
        ShardedWriter.write(directory, TENSORS, 40, VALUES);
        assertHolds(Checkpoint.open(directory), TENSORS);
        assertThat(directory)
                .isDirectoryContaining(file -> file.getFileName().toString().equals("model-00001-of-00003.safetensors"))
                .isDirectoryContaining(file -> file.getFileName().toString().equals("model.safetensors.index.json"));
        Map<Path, Long> shards = new TreeMap<>();
        Checkpoint.open(directory)
                .tensors()
                .values()
                .forEach(tensor -> shards.merge(tensor.file(), tensor.bytes(), Long::sum));
        assertThat(shards.values()).hasSize(3).allMatch(bytes -> bytes <= 48);
    }

    @Test
    void oneShardNeedsNoIndex() throws IOException {
        ShardedWriter.write(directory, TENSORS, 1 << 20, VALUES);
        assertHolds(Checkpoint.open(directory), TENSORS);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("model.safetensors");
        }
    }

    @Test
    void refusesToReplaceAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("weights.pt"), "precious");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TorchFileWriter.write(file, TENSORS, VALUES))
                .withMessageContaining("weights.pt: exists already");
        assertThat(file).hasContent("precious");
    }

    @Test
    void refusesValuesOfAnotherLength() {
        TensorValues tooShort = (tensor, out) -> out.accept(ByteBuffer.wrap(Arrays.copyOf(bytes(tensor), 3)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.write(directory.resolve("a.safetensors"), TENSORS, tooShort))
                .withMessageContaining("but 3 were given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchFileWriter.write(directory.resolve("a.pt"), TENSORS, tooShort))
                .withMessage("tensor block.weight has 30 bytes, but 3 were given");
    }

    @Test
    void refusesARecordThatNeedsAZip64Size() {
        List<WrittenTensor> huge = List.of(new WrittenTensor("huge", DType.UINT8, 1L << 32));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchFileWriter.write(directory.resolve("a.pt"), huge, VALUES))
                .withMessageContaining("at most 4 GiB");
    }
}

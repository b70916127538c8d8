package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pargo.models.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchTensorTest {

    /** What torch 2.13 writes for a float32 tensor of shape [2, 3], without the memo that it never reads back. */
    private static final String PICKLE =
            "8002 63746f7263682e5f7574696c730a5f72656275696c645f74656e736f725f76320a 28 28 580700000073746f72616765"
                    + "63746f7263680a466c6f617453746f726167650a 580100000030 5803000000637075 4a06000000 74 51"
                    + "4a00000000 28 4a02000000 4a03000000 74 28 4a03000000 4a01000000 74 89"
                    + "63636f6c6c656374696f6e730a4f726465726564446963740a 29 52 74 52 2e";

    @TempDir
    private Path directory;

    @Test
    void theArchiveHasTheEntriesThatTorchReads() throws IOException {
        Path file = directory.resolve("tensor.pt");
        TorchTensor tensor = new TorchTensor(DType.FLOAT32, new long[] {2, 3}, pieces(24, 10));
        try (InputStream bytes = tensor.open()) {
            Files.copy(bytes, file);
        }

        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly("archive/data.pkl", "archive/byteorder", "archive/version", "archive/data/0");
            assertThat(zip.stream().map(ZipEntry::getMethod)).containsOnly(ZipEntry.STORED);
            // Reading to the end compares the checksums.
            assertThat(content(zip, "archive/data.pkl"))
                    .isEqualTo(HexFormat.of().parseHex(PICKLE.replace(" ", "")));
            assertThat(content(zip, "archive/byteorder")).asString().isEqualTo("little");
            assertThat(content(zip, "archive/version")).asString().isEqualTo("3\n");
            assertThat(content(zip, "archive/data/0")).isEqualTo(bytes(24));
        }
    }

    @Test
    void theElementsLieAtAMultipleOf64Bytes() throws IOException {
        byte[] archive = new TorchTensor(DType.FLOAT16, new long[] {12}, pieces(24, 24))
                .open()
                .readAllBytes();

        String latin = new String(archive, StandardCharsets.ISO_8859_1);
        int at = latin.indexOf(new String(bytes(24), StandardCharsets.ISO_8859_1));
        assertThat(at).isPositive();
        assertThat(at % 64).isZero();
    }

    @Test
    void theBytesAreTheSameEachTime() throws IOException {
        TorchTensor tensor = new TorchTensor(DType.BFLOAT16, new long[] {4, 3}, pieces(24, 7));

        assertThat(tensor.open().readAllBytes()).isEqualTo(tensor.open().readAllBytes());
    }

    @Test
    void elementsThatDoNotFitTheShapeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TorchTensor(DType.FLOAT32, new long[] {2, 3}, pieces(20, 10)))
                .withMessage("the tensor has 24 bytes, but 20 were given");
    }

    private static byte[] content(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (200 + i);
        }
        return bytes;
    }

    /** The bytes in pieces, new buffers each time. */
    private static Iterable<ByteBuffer> pieces(int count, int each) {
        return () -> {
            List<ByteBuffer> pieces = new ArrayList<>();
            for (int at = 0; at < count; at += each) {
                pieces.add(ByteBuffer.wrap(bytes(count), at, Math.min(each, count - at))
                        .slice());
            }
            return pieces.iterator();
        };
    }
}

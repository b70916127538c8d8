package dev.pargo.models.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.management.ThreadMXBean;
import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImageException.Reason;
import dev.pargo.models.image.TestPictures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Small files that claim huge dimensions are refused from their headers: in under 5 ms and 1 MB of heap. */
class PixelBombTest {

    private static final ImageDecoder DECODER =
            new ImageDecoder(new ImageLimits(32 << 20, 40_000_000), ImageConvention.NATURAL);

    private static final long HEAP_BYTES = 1 << 20;
    private static final Duration TIME = Duration.ofMillis(5);
    private static final int WARM_UP = 20;

    @TestFactory
    Stream<DynamicTest> refusesHugeDimensionsFromTheHeader() throws IOException {
        Map<String, byte[]> bombs = Map.of(
                "complete PNG of 12,000 x 12,000", png(12_000, 12_000),
                "complete PNG of 19,000 x 19,000", png(19_000, 19_000),
                "PNG whose size overflows an int", pngHeader(0x7fffffff, 0x7fffffff),
                "PNG of one endless row", pngHeader(20_000_000, 1),
                "JPEG", sized("444.jpg", ByteOrder.BIG_ENDIAN, jpegSizeAt(), 65_535),
                "GIF with a huge screen", sized("palette.gif", ByteOrder.LITTLE_ENDIAN, 6, 65_535),
                "GIF with a huge frame", sized("palette.gif", ByteOrder.LITTLE_ENDIAN, gifFrameSizeAt(), 65_535),
                "BMP", bmp(0x7fffffff, -0x7fffffff),
                "lossy WebP", sized("lossy.webp", ByteOrder.LITTLE_ENDIAN, 26, 0x3fff),
                "animated WebP with a huge canvas", webpCanvas());
        return bombs.entrySet().stream()
                .map(bomb -> dynamicTest(bomb.getKey(), () -> assertRefusedAtOnce(bomb.getValue())));
    }

    private static void assertRefusedAtOnce(byte[] file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long heap = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < WARM_UP; i++) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            ImageException refusal = catchThrowableOfType(ImageException.class, () -> DECODER.decode(file));
            nanos = Math.min(nanos, System.nanoTime() - start);
            heap = Math.min(heap, threads.getCurrentThreadAllocatedBytes() - allocated);
            assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
            assertThat(refusal).hasMessageContaining("pixels").hasMessageContaining("at most");
        }
        assertThat(heap).isLessThan(HEAP_BYTES);
        assertThat(Duration.ofNanos(nanos)).isLessThan(TIME);
    }

    /** Sizes within the limit that cannot be filled by so little data. */
    @TestFactory
    Stream<DynamicTest> takesNoMemoryForPixelsThatTheFileCannotHold() throws IOException {
        Map<String, byte[]> bombs = Map.of(
                "PNG without data", pngHeader(6000, 6000),
                "JPEG", sized("444.jpg", ByteOrder.BIG_ENDIAN, jpegSizeAt(), 6000),
                "GIF", sized("palette.gif", ByteOrder.LITTLE_ENDIAN, gifFrameSizeAt(), 6000),
                "BMP", bmp(6000, 6000),
                "lossy WebP", sized("lossy.webp", ByteOrder.LITTLE_ENDIAN, 26, 6000));
        return bombs.entrySet().stream()
                .map(bomb -> dynamicTest(bomb.getKey(), () -> {
                    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                    long allocated = threads.getCurrentThreadAllocatedBytes();
                    assertThatThrownBy(() -> DECODER.decode(bomb.getValue())).hasMessageContaining("incomplete");
                    assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
                            .isLessThan(4 * HEAP_BYTES);
                }));
    }

    @Test
    void refusesAWebpFrameLargerThanItsCanvas() throws IOException {
        byte[] file = TestPictures.file("animated.webp");
        file[24] = 3;

        assertThatThrownBy(() -> DECODER.decode(file)).hasMessage("the image is damaged");
    }

    @Test
    void refusesASideThatIsTooLong() throws IOException {
        assertThatThrownBy(() -> DECODER.decode(pngHeader(65_536, 1)))
                .hasMessage("the image has 65,536 x 1 pixels; at most 65,535 a side are accepted");
    }

    /** A valid grey PNG that consists of zeros. */
    private static byte[] png(int width, int height) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        byte[] row = new byte[width + 1];
        ByteBuffer data = ByteBuffer.allocate(1 << 20);
        for (int y = 0; y < height; y++) {
            deflater.setInput(row);
            while (!deflater.needsInput()) {
                data.position(data.position() + deflater.deflate(data.array(), data.position(), data.remaining()));
            }
        }
        deflater.finish();
        data.position(data.position() + deflater.deflate(data.array(), data.position(), data.remaining()));
        deflater.end();
        byte[] compressed = new byte[data.flip().remaining()];
        data.get(compressed);
        return TestPictures.concat(
                pngHeader(width, height),
                TestPictures.pngChunk("IDAT", compressed),
                TestPictures.pngChunk("IEND", new byte[0]));
    }

    private static byte[] pngHeader(int width, int height) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) 8)
                .array();
        byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        return TestPictures.concat(signature, TestPictures.pngChunk("IHDR", header));
    }

    private static byte[] bmp(int width, int height) throws IOException {
        byte[] file = TestPictures.file("rgb24.bmp");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(18, width).putInt(22, height);
        return file;
    }

    private static byte[] webpCanvas() throws IOException {
        byte[] file = TestPictures.file("animated.webp");
        for (int at = 24; at < 30; at++) {
            file[at] = (byte) 0xff;
        }
        return file;
    }

    /** A file with both sides, 16 bits each, overwritten. */
    private static byte[] sized(String name, ByteOrder order, int at, int side) throws IOException {
        byte[] file = TestPictures.file(name);
        ByteBuffer.wrap(file).order(order).putShort(at, (short) side).putShort(at + 2, (short) side);
        return file;
    }

    private static int jpegSizeAt() throws IOException {
        return TestPictures.lastIndexOf(TestPictures.file("444.jpg"), 0xff, 0xc0) + 5;
    }

    private static int gifFrameSizeAt() throws IOException {
        byte[] file = TestPictures.file("palette.gif");
        int descriptor = 13 + 3 * (2 << (file[10] & 7));
        return descriptor + 5;
    }
}

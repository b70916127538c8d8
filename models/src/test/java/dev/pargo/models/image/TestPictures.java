package dev.pargo.models.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Pictures for the tests. */
public final class TestPictures {

    private static final Path RESOURCES = Path.of("src/test/resources/images");

    private TestPictures() {}

    /** A picture with all levels and some structure. The same seed gives the same picture. */
    public static RgbImage random(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int smooth = (i / 3 % width) * 255 / width;
            rgb[i] = (byte) (i % 5 == 0 ? random.nextInt(256) : smooth);
        }
        return new RgbImage(width, height, rgb);
    }

    public static RgbImage rgb(BufferedImage picture) {
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return new RgbImage(picture.getWidth(), picture.getHeight(), rgb);
    }

    public static BufferedImage buffered(RgbImage image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < image.width() * image.height(); i++) {
            int color = (image.rgb()[3 * i] & 0xff) << 16
                    | (image.rgb()[3 * i + 1] & 0xff) << 8
                    | image.rgb()[3 * i + 2] & 0xff;
            picture.setRGB(i % image.width(), i / image.width(), color);
        }
        return picture;
    }

    public static byte[] encode(BufferedImage picture, String format) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(picture, format, file)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    /** Every kind of file among the test resources. */
    public static Stream<Path> files() {
        try (Stream<Path> files = Files.list(RESOURCES)) {
            return files
                    .filter(file -> Files.isRegularFile(file)
                            && !file.getFileName().toString().endsWith(".md"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] file(String name) throws IOException {
        return Files.readAllBytes(RESOURCES.resolve(name));
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    public static int lastIndexOf(byte[] bytes, int first, int second) {
        int at = bytes.length - 2;
        while ((bytes[at] & 0xff) != first || (bytes[at + 1] & 0xff) != second) {
            at--;
        }
        return at;
    }

    /** EXIF data (a big-endian TIFF directory) with an orientation and nothing else. */
    public static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .put("MM\0*".getBytes(StandardCharsets.US_ASCII))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    public static byte[] pngChunk(String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        return chunk.putInt((int) crc.getValue()).array();
    }

    /**
     * Corrects the checksums of a damaged PNG, as far as its chunks can be found, so that the damage reaches later
     * steps of decoding.
     */
    public static void repairPngChecksums(byte[] png) {
        ByteBuffer file = ByteBuffer.wrap(png);
        int at = 8;
        while (at + 12 <= png.length && file.getInt(at) >= 0 && file.getInt(at) <= png.length - at - 12) {
            int length = file.getInt(at);
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, 4 + length);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
    }

    /** Turns a simple WebP file into an extended one with EXIF data. */
    public static byte[] webpWithExif(byte[] simple, int width, int height, byte[] exif) {
        int picture = simple.length - 12;
        ByteBuffer file =
                ByteBuffer.allocate(12 + 18 + picture + 8 + exif.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
        file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(8);
        file.putShort((short) (width - 1))
                .put((byte) 0)
                .putShort((short) (height - 1))
                .put((byte) 0);
        file.put(simple, 12, picture);
        return file.put("EXIF".getBytes(StandardCharsets.US_ASCII))
                .putInt(exif.length)
                .put(exif)
                .array();
    }
}

package dev.pargo.models.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImageException.Reason;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.image.TestPictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding against Pillow, pixel by pixel. */
class ImageDecoderTest {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 1 << 20);

    @TestFactory
    Stream<DynamicTest> decodesByTheReferencesConvention() {
        return TestPictures.files()
                .map(file -> dynamicTest(name(file), () -> {
                    RgbImage decoded = decode(Files.readAllBytes(file), ImageConvention.REFERENCE);
                    assertEqual(file, decoded, file.resolveSibling("reference").resolve(name(file) + ".png"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> decodesByTheNaturalConvention() {
        return TestPictures.files()
                .map(file -> dynamicTest(name(file), () -> {
                    RgbImage decoded = decode(Files.readAllBytes(file), ImageConvention.NATURAL);
                    Path natural = file.resolveSibling("natural").resolve(name(file) + ".png");
                    Path same = file.resolveSibling("reference").resolve(name(file) + ".png");
                    assertEqual(file, decoded, Files.exists(natural) ? natural : same);
                }));
    }

    private static void assertEqual(Path file, RgbImage decoded, Path expectedFile) throws IOException {
        RgbImage expected = TestPictures.rgb(ImageIO.read(expectedFile.toFile()));
        assertThat(decoded.width()).isEqualTo(expected.width());
        assertThat(decoded.height()).isEqualTo(expected.height());
        assertThat(decoded.rgb()).isEqualTo(expected.rgb());
    }

    @ParameterizedTest
    @EnumSource(Orientation.class)
    void turnsAnImageUprightByItsExifOrientation(Orientation orientation) {
        BufferedImage upright = TestPictures.buffered(TestPictures.random(24, 16, 1));
        byte[] stored = TestPictures.encode(stored(upright, orientation), "png");
        byte[] file = withExif(stored, orientation.ordinal() + 1);

        RgbImage natural = decode(file, ImageConvention.NATURAL);
        assertThat(natural.width()).isEqualTo(24);
        assertThat(natural.rgb()).isEqualTo(TestPictures.rgb(upright).rgb());
        assertThat(decode(file, ImageConvention.REFERENCE).rgb())
                .isEqualTo(decode(stored, ImageConvention.REFERENCE).rgb());
    }

    @Test
    void takesUnreadableExifDataForUpright() {
        byte[] littleEndian = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0};
        assertThat(Orientation.of(littleEndian, null)).isEqualTo(Orientation.ROTATED_270);
        assertThat(Orientation.of(TestPictures.exif(9), null)).isEqualTo(Orientation.UPRIGHT);
        for (int length = 0; length < 20; length++) {
            assertThat(Orientation.of(Arrays.copyOf(littleEndian, length), null))
                    .isEqualTo(Orientation.UPRIGHT);
        }
    }

    @Test
    void takesTheOrientationFromXmpWhereExifDataHasNone() {
        byte[] attribute = "<rdf:Description tiff:Orientation=\"6\"/>".getBytes(StandardCharsets.US_ASCII);
        byte[] element = "<tiff:Orientation>8</tiff:Orientation>".getBytes(StandardCharsets.US_ASCII);

        assertThat(Orientation.of(null, attribute)).isEqualTo(Orientation.ROTATED_90);
        assertThat(Orientation.of(new byte[0], element)).isEqualTo(Orientation.ROTATED_270);
        assertThat(Orientation.of(TestPictures.exif(3), attribute)).isEqualTo(Orientation.ROTATED_180);
        assertThat(Orientation.of(null, new byte[10])).isEqualTo(Orientation.UPRIGHT);
    }

    /** ImageMagick writes EXIF data into a text, compressed or not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsTheOrientationFromTheTextThatImageMagickWrites(boolean compressed) throws IOException {
        byte[] png = TestPictures.file("rgb.png");
        String hex = HexFormat.of().formatHex(TestPictures.exif(6));
        byte[] lines = "\nexif\n      26\n%s\n%s\n"
                .formatted(hex.substring(0, 36), hex.substring(36))
                .getBytes(StandardCharsets.US_ASCII);
        byte[] keyword = "Raw profile type exif\0".getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = compressed
                ? TestPictures.pngChunk("zTXt", TestPictures.concat(keyword, new byte[1], deflated(lines)))
                : TestPictures.pngChunk("tEXt", TestPictures.concat(keyword, lines));
        byte[] file = TestPictures.concat(Arrays.copyOf(png, 33), chunk, Arrays.copyOfRange(png, 33, png.length));

        assertThat(decode(file, ImageConvention.NATURAL).width()).isEqualTo(22);
        assertThat(decode(file, ImageConvention.REFERENCE).width()).isEqualTo(29);
        for (int at = 41; at < 41 + chunk.length - 12; at++) {
            byte[] damaged = file.clone();
            damaged[at] ^= 0x55;
            assertThat(decode(damaged, ImageConvention.NATURAL).rgb()).hasSize(3 * 29 * 22);
        }
    }

    private static byte[] deflated(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(data);
        }
        return out.toByteArray();
    }

    @Test
    void joinsExifDataOfSeveralSegmentsOfAJpeg() throws IOException {
        byte[] exif = TestPictures.exif(6);
        byte[] file = withSegments(Arrays.copyOf(exif, 12), Arrays.copyOfRange(exif, 12, exif.length));

        assertThat(decode(file, ImageConvention.NATURAL).width()).isEqualTo(22);
    }

    @Test
    void takesTheFirstOfTwoOrientationsOfAJpeg() throws IOException {
        byte[] file = withSegments(TestPictures.exif(6), TestPictures.exif(1));

        assertThat(decode(file, ImageConvention.NATURAL).width()).isEqualTo(22);
    }

    /** A JPEG file with segments of EXIF data. */
    private static byte[] withSegments(byte[]... parts) throws IOException {
        byte[] jpeg = TestPictures.file("444.jpg");
        byte[] file = Arrays.copyOf(jpeg, 2);
        for (byte[] part : parts) {
            byte[] header = {(byte) 0xff, (byte) 0xe1, 0, (byte) (part.length + 8), 'E', 'x', 'i', 'f', 0, 0};
            file = TestPictures.concat(file, header, part);
        }
        return TestPictures.concat(file, Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    /** The picture as a camera in that orientation stores it, by a table of EXIF's definitions. */
    private static BufferedImage stored(BufferedImage upright, Orientation orientation) {
        int w = upright.getWidth() - 1;
        int h = upright.getHeight() - 1;
        boolean transposed = orientation.ordinal() >= Orientation.TRANSPOSED.ordinal();
        BufferedImage stored =
                new BufferedImage(transposed ? h + 1 : w + 1, transposed ? w + 1 : h + 1, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y <= h; y++) {
            for (int x = 0; x <= w; x++) {
                int color = upright.getRGB(x, y);
                switch (orientation.ordinal() + 1) {
                    case 1 -> stored.setRGB(x, y, color);
                    case 2 -> stored.setRGB(w - x, y, color);
                    case 3 -> stored.setRGB(w - x, h - y, color);
                    case 4 -> stored.setRGB(x, h - y, color);
                    case 5 -> stored.setRGB(y, x, color);
                    case 6 -> stored.setRGB(y, w - x, color);
                    case 7 -> stored.setRGB(h - y, w - x, color);
                    default -> stored.setRGB(h - y, x, color);
                }
            }
        }
        return stored;
    }

    @Test
    void readsTheExifOrientationOfJpegAndWebp() throws IOException {
        byte[] jpeg = TestPictures.file("444.jpg");
        byte[] segment = TestPictures.concat("Exif\0\0".getBytes(StandardCharsets.US_ASCII), TestPictures.exif(6));
        byte[] header = {(byte) 0xff, (byte) 0xe1, 0, (byte) (segment.length + 2)};
        byte[] turnedJpeg =
                TestPictures.concat(Arrays.copyOf(jpeg, 2), header, segment, Arrays.copyOfRange(jpeg, 2, jpeg.length));
        byte[] turnedWebp = TestPictures.webpWithExif(TestPictures.file("lossless.webp"), 29, 22, TestPictures.exif(6));

        for (byte[] file : new byte[][] {turnedJpeg, turnedWebp}) {
            assertThat(decode(file, ImageConvention.NATURAL).width()).isEqualTo(22);
            assertThat(decode(file, ImageConvention.REFERENCE).width()).isEqualTo(29);
        }
    }

    @Test
    void laysASmallFrameOnItsCanvas() throws IOException {
        byte[] gif = TestPictures.file("palette.gif");
        gif[6] = 40;
        gif[8] = 30;
        byte[] webp = TestPictures.file("animated.webp");
        webp[24] = 39;
        webp[27] = 29;

        for (byte[] file : new byte[][] {gif, webp}) {
            RgbImage natural = decode(file, ImageConvention.NATURAL);
            RgbImage reference = decode(file, ImageConvention.REFERENCE);
            assertThat(natural.width()).isEqualTo(40);
            assertThat(natural.height()).isEqualTo(30);
            assertThat(natural.rgb()[3 * 39]).isEqualTo((byte) 255);
            assertThat(reference.rgb()[3 * 39]).isZero();
            assertThat(Arrays.copyOf(natural.rgb(), 3 * 29)).isEqualTo(Arrays.copyOf(reference.rgb(), 3 * 29));
        }
    }

    @Test
    void refusesAFileOverTheLimitOfBytes() {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000, 1_000), ImageConvention.NATURAL);

        assertThatThrownBy(() -> decoder.decode(new byte[1_001]))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image has 1,001 bytes; at most 1,000 are accepted")
                .extracting(e -> ((ImageException) e).reason())
                .isEqualTo(Reason.TOO_MANY_BYTES);
    }

    @Test
    void acceptsAnImageOfExactlyTheLimitOfPixels() throws IOException {
        byte[] file = TestPictures.file("rgb.png");

        assertThat(new ImageDecoder(new ImageLimits(file.length, 29 * 22), ImageConvention.NATURAL).decode(file))
                .isNotNull();
        assertThatThrownBy(() -> new ImageDecoder(new ImageLimits(file.length, 29 * 22 - 1), ImageConvention.NATURAL)
                        .decode(file))
                .hasMessage("the image has 29 x 22 = 638 pixels; at most 637 are accepted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "hello, world"})
    void refusesAnUnknownFormat(String content) {
        assertThatThrownBy(() -> decode(content.getBytes(StandardCharsets.US_ASCII), ImageConvention.NATURAL))
                .isInstanceOf(ImageException.class)
                .hasMessage("images other than PNG, JPEG, WebP, GIF and BMP are not supported")
                .extracting(e -> ((ImageException) e).reason())
                .isEqualTo(Reason.UNSUPPORTED_FORMAT);
    }

    @Test
    void refusesAPngWithAWrongChecksum() throws IOException {
        byte[] file = TestPictures.file("rgb.png");
        file[file.length - 20] ^= 1;

        assertThatThrownBy(() -> decode(file, ImageConvention.NATURAL)).hasMessage("the image is damaged");
    }

    @ParameterizedTest
    @CsvSource({"rgb.png,12", "rgb-interlaced.png,12", "palette.gif,1", "444.jpg,2", "422-progressive.jpg,2"})
    void showsAPictureThatLacksOnlyItsEndMarker(String name, int length) throws IOException {
        byte[] file = TestPictures.file(name);

        assertThat(decode(Arrays.copyOf(file, file.length - length), ImageConvention.NATURAL)
                        .rgb())
                .isEqualTo(decode(file, ImageConvention.NATURAL).rgb());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "palette.gif", "444.jpg", "422-progressive.jpg", "rgb24.bmp", "lossy.webp"})
    void saysThatAPictureIsIncomplete(String name) throws IOException {
        byte[] file = TestPictures.file(name);

        assertThatThrownBy(() -> decode(Arrays.copyOf(file, file.length * 3 / 4), ImageConvention.NATURAL))
                .hasMessage("the image is incomplete: its data ends before its last pixel")
                .extracting(e -> ((ImageException) e).reason())
                .isEqualTo(Reason.UNDECODABLE);
    }

    @Test
    void refusesAJpegOfWhichMostIsMissingThoughItHasAnEndMarker() throws IOException {
        byte[] file = TestPictures.file("444.jpg");
        int data = TestPictures.lastIndexOf(file, 0xff, 0xda) + 14;
        byte[] cut = Arrays.copyOf(file, data + (file.length - data) / 4);

        assertThatThrownBy(() -> decode(
                        TestPictures.concat(cut, new byte[] {(byte) 0xff, (byte) 0xd9}), ImageConvention.NATURAL))
                .hasMessageContaining("incomplete");
    }

    @ParameterizedTest
    @CsvSource({
        "'\0\0\0\34ftypavif', AVIF",
        "'\0\0\0\34ftypheic', HEIC",
        "'II*\0\10\0\0\0', TIFF",
        "'<svg xmlns=', SVG",
        "'%PDF-1.7', PDF"
    })
    void namesTheFormatThatIsNotSupported(String content, String format) {
        assertThatThrownBy(() -> decode(content.getBytes(StandardCharsets.US_ASCII), ImageConvention.NATURAL))
                .hasMessage(format + " images are not supported; send PNG, JPEG, WebP, GIF or BMP")
                .extracting(e -> ((ImageException) e).reason())
                .isEqualTo(Reason.UNSUPPORTED_FORMAT);
    }

    @Test
    void refusesScansThatAreTooMuchWorkBeforeDecodingThem() throws IOException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 20, 49_000_000), ImageConvention.NATURAL);
        byte[] file = withScans(85);
        int size = TestPictures.lastIndexOf(file, 0xff, 0xc2) + 5;
        ByteBuffer.wrap(file).putShort(size, (short) 7000).putShort(size + 2, (short) 7000);

        assertThatThrownBy(() -> decoder.open(file))
                .hasMessage("the JPEG image has 95 scans of 7,000 x 7,000 pixels = 4,704,000,000 pixels in all; "
                        + "at most 784,000,000 are accepted")
                .extracting(e -> ((ImageException) e).reason())
                .isEqualTo(Reason.TOO_MANY_PIXELS);
    }

    @Test
    void refusesThousandsOfScansOfASmallPicture() throws IOException {
        byte[] file = withScans(4000);

        assertThatThrownBy(() -> decode(file, ImageConvention.NATURAL)).hasMessageContaining("4010 scans");
    }

    /** A progressive JPEG file with its last scan repeated. */
    private static byte[] withScans(int more) throws IOException {
        byte[] file = TestPictures.file("422-progressive.jpg");
        int scan = TestPictures.lastIndexOf(file, 0xff, 0xda);
        byte[] repeated = Arrays.copyOfRange(file, scan, file.length - 2);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(file, 0, file.length - 2);
        for (int i = 0; i < more; i++) {
            whole.writeBytes(repeated);
        }
        whole.write(0xff);
        whole.write(0xd9);
        return whole.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "palette.gif",
                "444.jpg",
                "422-progressive.jpg",
                "rgb24.bmp",
                "lossy.webp",
                "lossless.webp"
            })
    void stopsWhenItsThreadIsInterrupted(String name) throws IOException {
        byte[] file = TestPictures.file(name);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> decode(file, ImageConvention.NATURAL)).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(decode(file, ImageConvention.NATURAL).width()).isEqualTo(29);
    }

    private static RgbImage decode(byte[] file, ImageConvention convention) {
        return new ImageDecoder(LIMITS, convention).decode(file);
    }

    /** Inserts an eXIf chunk after a PNG's header chunk. */
    private static byte[] withExif(byte[] png, int orientation) {
        int headerEnd = 33;
        return TestPictures.concat(
                Arrays.copyOf(png, headerEnd),
                TestPictures.pngChunk("eXIf", TestPictures.exif(orientation)),
                Arrays.copyOfRange(png, headerEnd, png.length));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}

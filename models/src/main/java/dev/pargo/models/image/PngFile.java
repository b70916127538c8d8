package dev.pargo.models.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file. Only the chunks that define the pixels reach the decoder, so profiles, texts and their compressed bombs
 * are never unpacked.
 *
 * @param bitDepth  1, 2, 4, 8 or 16
 * @param colorType 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA
 */
record PngFile(Bytes file, int width, int height, int bitDepth, int colorType) implements EncodedImage {

    static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

    private static final int GREY = 0;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGBA = 6;

    private static final int HEADER = chunkType("IHDR");
    private static final int COLORS = chunkType("PLTE");
    private static final int TRANSPARENCY = chunkType("tRNS");
    private static final int DATA = chunkType("IDAT");
    private static final int END = chunkType("IEND");
    private static final int EXIF = chunkType("eXIf");
    private static final Set<Integer> PIXEL_CHUNKS = Set.of(HEADER, COLORS, TRANSPARENCY, DATA, END);

    static PngFile parse(Bytes file) {
        if (!file.hasText(12, "IHDR")) {
            throw ImageException.damaged();
        }
        return new PngFile(file, file.i32be(16), file.i32be(20), file.u8(24), file.u8(25));
    }

    @Override
    public Orientation orientation() {
        int at = SIGNATURE.length();
        while (type(at) != END) {
            if (type(at) == EXIF) {
                return Orientation.of(file.copy(at + 8, dataLength(at)));
            }
            at += 12 + dataLength(at);
        }
        return Orientation.UPRIGHT;
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        boolean reference = convention == ImageConvention.REFERENCE;
        BufferedImage image = ImageIoReader.PNG.read(new ByteArrayInputStream(essence(reference)));
        if (reference && colorType == GREY && bitDepth == 16) {
            return clipped(image.getRaster());
        }
        // Pillow opens 16-bit grey with alpha as RGBA.
        boolean rgba = colorType == RGBA || colorType == GREY_ALPHA && bitDepth == 16;
        return Pixels.of(image, !reference || rgba);
    }

    /** The file without what we do not want decoded. */
    private byte[] essence(boolean reference) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length());
        kept.write(file.array(), 0, SIGNATURE.length());
        int at = SIGNATURE.length();
        while (true) {
            int type = type(at);
            int length = 12 + dataLength(at);
            boolean dropped = !PIXEL_CHUNKS.contains(type)
                    || type == HEADER && at != SIGNATURE.length()
                    || type == COLORS && colorType != PALETTE
                    || type == TRANSPARENCY && reference;
            if (!dropped) {
                checkSum(at, length);
                kept.write(file.array(), at, length);
            }
            if (type == END) {
                return kept.toByteArray();
            }
            at += length;
        }
    }

    private void checkSum(int at, int length) {
        CRC32 crc = new CRC32();
        crc.update(file.array(), at + 4, length - 8);
        if ((int) crc.getValue() != file.i32be(at + length - 4)) {
            throw ImageException.damaged();
        }
    }

    private int type(int at) {
        return file.i32be(at + 4);
    }

    private int dataLength(int at) {
        int length = file.i32be(at);
        if (length < 0 || length > file.length() - at - 12) {
            throw new IndexOutOfBoundsException();
        }
        return length;
    }

    /** 16-bit grey as Pillow converts it to RGB: what exceeds a byte is white. */
    private Pixels clipped(Raster raster) {
        Pixels pixels = Pixels.allocate(width, height, false);
        int[] row = new int[width];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int sample : row) {
                byte grey = (byte) Math.min(sample, 255);
                pixels.rgb()[to++] = grey;
                pixels.rgb()[to++] = grey;
                pixels.rgb()[to++] = grey;
            }
        }
        return pixels;
    }

    private static int chunkType(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }
}

package dev.pargo.models.image;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A BMP file: palette, 16, 24 or 32 bits a pixel; uncompressed, with bit fields or with run lengths.
 *
 * @param compression 0 none, 1 and 2 run lengths of 8 and 4 bits, 3 bit fields
 */
record BmpFile(Bytes file, int width, int height, int bitsPerPixel, int compression) implements EncodedImage {

    private static final int CORE_HEADER = 12;
    private static final int INFO_HEADER = 40;
    private static final int V4_HEADER = 108;
    private static final int BIT_FIELDS = 3;

    private static final int FILE_SIZE_AT = 2;
    private static final int DATA_OFFSET_AT = 10;
    private static final int HEADER_AT = 14;
    private static final int COLOR_SPACE_AT = HEADER_AT + 56;
    private static final int S_RGB = 0x73524742;

    static BmpFile parse(Bytes file) {
        int headerLength = file.i32le(HEADER_AT);
        if (headerLength == CORE_HEADER) {
            return new BmpFile(file, file.u16le(18), file.u16le(20), file.u16le(24), 0);
        }
        if (headerLength < INFO_HEADER) {
            throw ImageException.damaged();
        }
        int compression = file.i32le(30);
        if (compression < 0 || compression > BIT_FIELDS) {
            throw ImageException.unsupported("BMP images that wrap another format");
        }
        // A negative height says that the rows run downwards; the most negative one stays negative and is refused.
        return new BmpFile(file, file.i32le(18), Math.abs(file.i32le(22)), file.u16le(28), compression);
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        return Pixels.of(
                ImageIoReader.BMP.read(new ByteArrayInputStream(sanitised())), convention == ImageConvention.NATURAL);
    }

    /** The file with its true length and without its colour profile, which may be a link to another file. */
    private byte[] sanitised() {
        boolean plain = compression == 0 || compression == BIT_FIELDS;
        long row = ((long) width * bitsPerPixel + 31) / 32 * 4;
        if (plain && file.i32le(DATA_OFFSET_AT) + row * height > file.length()) {
            throw ImageException.damaged();
        }
        byte[] copy = file.array().clone();
        ByteBuffer header = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(FILE_SIZE_AT, copy.length);
        if (file.i32le(HEADER_AT) >= V4_HEADER) {
            header.putInt(COLOR_SPACE_AT, S_RGB);
        }
        return copy;
    }
}

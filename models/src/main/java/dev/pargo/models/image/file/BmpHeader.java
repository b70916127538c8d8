package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;

/**
 * The header of a BMP file.
 *
 * @param topDown     whether the first row is stored first
 * @param compression {@value #NONE}, {@value #RUNS_8}, {@value #RUNS_4} or {@value #BIT_FIELDS}
 * @param palette     position of the palette
 * @param colorBytes  bytes of a palette entry
 * @param colors      number of palette entries
 * @param masks       [4] bits of a pixel that are red, green, blue and alpha
 * @param data        position of the pixels
 */
record BmpHeader(
        int width,
        int height,
        boolean topDown,
        int bitsPerPixel,
        int compression,
        int palette,
        int colorBytes,
        int colors,
        int[] masks,
        long data) {

    static final int NONE = 0;
    static final int RUNS_8 = 1;
    static final int RUNS_4 = 2;
    static final int BIT_FIELDS = 3;

    private static final int ALPHA_BIT_FIELDS = 6;

    private static final int AT = 14;
    private static final int CORE = 12;
    private static final int OS2_SHORT = 16;
    private static final int INFO = 40;
    private static final int WITH_ALPHA_MASK = 56;
    private static final int OS2 = 64;
    private static final int LONGEST = 124;

    private static final int[] MASKS_555 = {0x7c00, 0x3e0, 0x1f, 0};
    private static final int[] MASKS_888 = {0xff0000, 0xff00, 0xff, 0};

    static BmpHeader read(Bytes file) {
        int length = file.i32le(AT);
        boolean core = length == CORE;
        if (!core && length != OS2_SHORT && (length < INFO || length > LONGEST)) {
            throw ImageException.unsupported("BMP images with a header of %d bytes".formatted(length));
        }
        int width = core ? file.u16le(18) : file.i32le(18);
        // A negative height means that the first row comes first. The most negative number has no positive counterpart
        // and is refused.
        int height = core ? file.u16le(20) : file.i32le(22);
        int bits = file.u16le(core ? 24 : 28);
        int compression = length < INFO ? NONE : compression(file, length);
        checkFormat(bits, compression);
        int[] masks = bits == 16 ? MASKS_555 : MASKS_888;
        int headerEnd = AT + length;
        if (compression == BIT_FIELDS) {
            masks = masks(file, length, bits);
            headerEnd += length == INFO ? 12 : 0;
        }
        int colorBytes = core ? 3 : 4;
        int named = length < INFO ? 0 : file.i32le(46);
        int colors = bits > 8 ? 0 : named > 0 && named <= 1 << bits ? named : 1 << bits;
        // In some files the pixels' position is that of the palette.
        int data = file.i32le(10);
        int paletteEnd = headerEnd + colorBytes * colors;
        if (data == AT + length && bits <= 8) {
            data = paletteEnd;
        }
        if (data < 0) {
            throw ImageException.damaged();
        }
        return new BmpHeader(
                width, Math.abs(height), height < 0, bits, compression, headerEnd, colorBytes, colors, masks, data);
    }

    private static int compression(Bytes file, int length) {
        int compression = file.i32le(30);
        if (length == OS2 && compression > RUNS_4) {
            throw ImageException.unsupported("BMP images with the compressions of OS/2");
        }
        if (compression == ALPHA_BIT_FIELDS) {
            return BIT_FIELDS;
        }
        if (compression < 0 || compression > BIT_FIELDS) {
            throw ImageException.unsupported("BMP images that wrap another format");
        }
        return compression;
    }

    private static void checkFormat(int bits, int compression) {
        boolean fits = switch (compression) {
            case RUNS_8 -> bits == 8;
            case RUNS_4 -> bits == 4;
            case BIT_FIELDS -> bits == 16 || bits == 24 || bits == 32;
            default -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
        };
        if (!fits) {
            throw ImageException.unsupported(
                    "BMP images of %d bits a pixel with compression %d".formatted(bits, compression));
        }
    }

    /** The masks of bit fields. Only 32-bit pictures have alpha: the unused bit of 16-bit pictures is not alpha. */
    private static int[] masks(Bytes file, int length, int bits) {
        boolean hasAlpha = bits == 32 && length >= WITH_ALPHA_MASK;
        int alpha = hasAlpha ? file.i32le(66) : 0;
        int[] masks = {file.i32le(54), file.i32le(58), file.i32le(62), alpha};
        boolean named = (masks[0] | masks[1] | masks[2]) != 0;
        return named ? masks : bits == 16 ? MASKS_555 : MASKS_888;
    }

    boolean isRunLengthEncoded() {
        return compression == RUNS_8 || compression == RUNS_4;
    }
}

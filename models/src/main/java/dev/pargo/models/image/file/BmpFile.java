package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;

/**
 * A BMP file of Windows or OS/2: palette, 16, 24 or 32 bits a pixel; uncompressed, with bit fields or with run lengths.
 * Colour profiles, which may be links to other files, are not read.
 */
record BmpFile(Bytes file, BmpHeader header) implements EncodedImage {

    static BmpFile parse(Bytes file) {
        return new BmpFile(file, BmpHeader.read(file));
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        boolean keepAlpha = convention == ImageConvention.NATURAL;
        if (header.isRunLengthEncoded()) {
            return new BmpRuns(file, header).decode();
        }
        long row = ((long) header.width() * header.bitsPerPixel() + 31) / 32 * 4;
        // The last row may lack its padding.
        long lastRow = ((long) header.width() * header.bitsPerPixel() + 7) / 8;
        if (header.data() + row * (header.height() - 1) + lastRow > file.length()) {
            throw ImageException.incomplete();
        }
        BmpColors colors = header.bitsPerPixel() <= 8 ? BmpColors.ofPalette(file, header) : BmpColors.ofMasks(header);
        PixelRows pixels = new PixelRows(header.width(), header.height(), keepAlpha && colors.hasAlpha());
        pixels.reserve(header.height());
        for (int y = 0; y < header.height(); y++) {
            Interruption.check();
            int from = Math.toIntExact(header.data() + row * (header.topDown() ? y : header.height() - 1 - y));
            for (int x = 0; x < header.width(); x++) {
                pixels.put(y * header.width() + x, colors.argb(sample(from, x)));
            }
        }
        return pixels.finish().opaqueIfInvisible();
    }

    /** The bits of a pixel of a row. */
    private int sample(int row, int x) {
        return switch (header.bitsPerPixel()) {
            case 8 -> file.u8(row + x);
            case 16 -> file.u16le(row + 2 * x);
            case 24 -> file.u24le(row + 3 * x);
            case 32 -> file.i32le(row + 4 * x);
            default -> {
                int bits = header.bitsPerPixel();
                int bit = x * bits;
                yield file.u8(row + (bit >> 3)) >> 8 - bits - (bit & 7) & (1 << bits) - 1;
            }
        };
    }
}

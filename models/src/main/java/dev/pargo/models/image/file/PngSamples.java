package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;

/**
 * Converts the samples of PNG rows to pixels. 16-bit samples lose their low byte; samples of less than 8 bits are
 * scaled to 8 bits. Immutable.
 */
final class PngSamples {

    private static final int OPAQUE = 0xff000000;

    private final PngHeader header;
    private final boolean transparent;

    /** Whether 16-bit grey is cut at 255 instead of losing its low byte, as Pillow converts it to RGB. */
    private final boolean clipsGrey;

    /** [level]: the colour of a pixel with a single sample of up to 8 bits, from the palette or grey. */
    private final int[] colors;

    /** The sample values that mean transparency; -1 for none. */
    private final long transparentKey;

    private PngSamples(PngHeader header, boolean transparent, boolean clipsGrey, int[] colors, long transparentKey) {
        this.header = header;
        this.transparent = transparent;
        this.clipsGrey = clipsGrey;
        this.colors = colors;
        this.transparentKey = transparentKey;
    }

    /**
     * Reads the palette and the transparency.
     *
     * @param palette      content of the chunk with the colours; empty if there is none
     * @param transparency content of the chunk with their transparency; empty if there is none
     */
    static PngSamples of(PngHeader header, byte[] palette, byte[] transparency, ImageConvention convention) {
        boolean reference = convention == ImageConvention.REFERENCE;
        boolean wideGrey = header.bitDepth() == 16
                && (header.colorType() == PngHeader.GREY || header.colorType() == PngHeader.GREY_ALPHA);
        boolean hasAlpha = header.colorType() == PngHeader.RGBA || header.colorType() == PngHeader.GREY_ALPHA;
        // Pillow opens 16-bit grey with alpha as RGBA.
        boolean keepsAlpha = hasAlpha && (!reference || header.colorType() == PngHeader.RGBA || wideGrey);
        byte[] keys = reference || hasAlpha ? new byte[0] : transparency;
        int[] colors = header.colorType() == PngHeader.PALETTE ? palette(palette, keys) : greys(header.bitDepth());
        long key = key(header, keys);
        if (header.colorType() == PngHeader.GREY && key >= 0 && key < colors.length) {
            colors[(int) key] &= ~OPAQUE;
        }
        return new PngSamples(header, keepsAlpha || keys.length > 0, reference && wideGrey, colors, key);
    }

    private static int[] palette(byte[] palette, byte[] alphas) {
        if (palette.length < 3) {
            throw ImageException.damaged();
        }
        int[] colors = new int[256];
        for (int i = 0; i < colors.length; i++) {
            int alpha = i < alphas.length ? alphas[i] << 24 : OPAQUE;
            colors[i] = 3 * i + 3 <= palette.length ? alpha | new Bytes(palette).u24be(3 * i) : alpha;
        }
        return colors;
    }

    private static int[] greys(int bitDepth) {
        int levels = 1 << Math.min(8, bitDepth);
        int[] colors = new int[levels];
        for (int level = 0; level < levels; level++) {
            colors[level] = OPAQUE | level * 255 / (levels - 1) * 0x010101;
        }
        return colors;
    }

    private static long key(PngHeader header, byte[] keys) {
        Bytes samples = new Bytes(keys);
        if (header.colorType() == PngHeader.GREY && keys.length >= 2) {
            return samples.u16be(0);
        }
        if (header.colorType() == PngHeader.RGB && keys.length >= 6) {
            return (long) samples.u16be(0) << 32 | (long) samples.u16be(2) << 16 | samples.u16be(4);
        }
        return -1;
    }

    boolean areTransparent() {
        return transparent;
    }

    /**
     * Converts a row.
     *
     * @param pixel position of the first pixel
     * @param step  distance of the pixels
     */
    void convert(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        boolean wide = header.bitDepth() == 16;
        switch (header.colorType()) {
            case PngHeader.GREY -> {
                if (wide) {
                    wideGreys(row, count, pixels, pixel, step);
                } else {
                    single(row, count, pixels, pixel, step);
                }
            }
            case PngHeader.PALETTE -> single(row, count, pixels, pixel, step);
            case PngHeader.RGB -> {
                if (!wide && step == 1 && !transparent) {
                    System.arraycopy(row, 0, pixels.rgb(), 3 * pixel, 3 * count);
                } else {
                    rgb(row, count, pixels, pixel, step);
                }
            }
            case PngHeader.GREY_ALPHA -> greyAlpha(row, count, pixels, pixel, step);
            default -> rgba(row, count, pixels, pixel, step);
        }
    }

    private void single(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        int bits = header.bitDepth();
        int mask = (1 << bits) - 1;
        for (int i = 0, to = pixel; i < count; i++, to += step) {
            int bit = i * bits;
            pixels.put(to, colors[row[bit >> 3] >> 8 - bits - (bit & 7) & mask]);
        }
    }

    private void wideGreys(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        Bytes samples = new Bytes(row);
        for (int i = 0, to = pixel; i < count; i++, to += step) {
            int sample = samples.u16be(2 * i);
            int grey = clipsGrey ? Math.min(255, sample) : sample >> 8;
            pixels.put(to, grey * 0x010101 | (sample == transparentKey ? 0 : OPAQUE));
        }
    }

    private void rgb(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        Bytes samples = new Bytes(row);
        int size = header.bitDepth() / 8;
        for (int i = 0, to = pixel, from = 0; i < count; i++, to += step, from += 3 * size) {
            long red = sample(samples, from);
            long green = sample(samples, from + size);
            long blue = sample(samples, from + 2 * size);
            int alpha = (red << 32 | green << 16 | blue) == transparentKey ? 0 : OPAQUE;
            int color = samples.u8(from) << 16 | samples.u8(from + size) << 8 | samples.u8(from + 2 * size);
            pixels.put(to, alpha | color);
        }
    }

    private int sample(Bytes samples, int at) {
        return header.bitDepth() == 16 ? samples.u16be(at) : samples.u8(at);
    }

    private void greyAlpha(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        Bytes samples = new Bytes(row);
        int size = header.bitDepth() / 8;
        for (int i = 0, to = pixel, from = 0; i < count; i++, to += step, from += 2 * size) {
            pixels.put(to, samples.u8(from + size) << 24 | samples.u8(from) * 0x010101);
        }
    }

    private void rgba(byte[] row, int count, PixelRows pixels, int pixel, int step) {
        Bytes samples = new Bytes(row);
        int size = header.bitDepth() / 8;
        for (int i = 0, to = pixel, from = 0; i < count; i++, to += step, from += 4 * size) {
            int color = samples.u8(from) << 16 | samples.u8(from + size) << 8 | samples.u8(from + 2 * size);
            pixels.put(to, samples.u8(from + 3 * size) << 24 | color);
        }
    }
}

package dev.pargo.models.image.file;

import org.jspecify.annotations.Nullable;

/** Converts the bits of a BMP file's pixel to a colour. Immutable. */
final class BmpColors {

    private static final int OPAQUE = 0xff000000;

    private final int @Nullable [] palette;
    private final Channel red;
    private final Channel green;
    private final Channel blue;
    private final Channel alpha;

    /** A channel's bits: {@code bits} bits, beginning {@code shift} bits above the lowest. */
    private record Channel(int shift, int bits) {

        static Channel of(int mask) {
            return mask == 0
                    ? new Channel(0, 0)
                    : new Channel(
                            Integer.numberOfTrailingZeros(mask),
                            Integer.SIZE - Integer.numberOfLeadingZeros(mask) - Integer.numberOfTrailingZeros(mask));
        }

        /** The channel of a pixel in 8 bits; 0 if the channel has no bits. */
        int of8Bits(int pixel) {
            if (bits == 0) {
                return 0;
            }
            int value = pixel >>> shift;
            return bits >= 8 ? value >>> bits - 8 & 0xff : (value & (1 << bits) - 1) * 255 / ((1 << bits) - 1);
        }
    }

    private BmpColors(int @Nullable [] palette, int[] masks) {
        this.palette = palette;
        this.red = Channel.of(masks[0]);
        this.green = Channel.of(masks[1]);
        this.blue = Channel.of(masks[2]);
        this.alpha = Channel.of(masks[3]);
    }

    static BmpColors ofMasks(BmpHeader header) {
        return new BmpColors(null, header.masks());
    }

    /** Reads the palette; missing entries are black. */
    static BmpColors ofPalette(Bytes file, BmpHeader header) {
        int[] palette = new int[1 << header.bitsPerPixel()];
        for (int i = 0; i < palette.length; i++) {
            int at = header.palette() + i * header.colorBytes();
            boolean stored = i < header.colors() && at + 3 <= file.length();
            palette[i] = stored ? OPAQUE | file.u24le(at) : OPAQUE;
        }
        return new BmpColors(palette, header.masks());
    }

    boolean hasAlpha() {
        return alpha.bits > 0;
    }

    /** The colour of a pixel: alpha, red, green and blue from the highest byte on. */
    int argb(int pixel) {
        if (palette != null) {
            return palette[pixel];
        }
        int opacity = hasAlpha() ? alpha.of8Bits(pixel) << 24 : OPAQUE;
        return opacity | red.of8Bits(pixel) << 16 | green.of8Bits(pixel) << 8 | blue.of8Bits(pixel);
    }
}

package dev.pargo.models.image.file;

import dev.pargo.models.image.Bands;
import dev.pargo.models.image.ImageException;

/**
 * The meaning of a JPEG file's components, and their conversion to RGB: libjpeg's in its fixed-point arithmetic, and
 * Pillow's for CMYK ink. Files with four components hold inverted ink, as Adobe writes them and Pillow assumes.
 */
enum JpegColors {
    GREY(1),
    RGB(3),
    YCBCR(3),
    CMYK(4),
    YCCK(4);

    static final int NO_ADOBE_SEGMENT = -1;

    private static final int FRACTION_BITS = 16;
    private static final int HALF = 1 << FRACTION_BITS - 1;
    private static final int RED_OF_CR = fixed(1.40200);
    private static final int BLUE_OF_CB = fixed(1.77200);
    private static final int GREEN_OF_CR = fixed(0.71414);
    private static final int GREEN_OF_CB = fixed(0.34414);

    private final int components;

    JpegColors(int components) {
        this.components = components;
    }

    /** libjpeg's rules for telling the colour space from component ids and application segments. */
    static JpegColors of(int[] ids, boolean jfif, int adobeTransform) {
        return switch (ids.length) {
            case 1 -> GREY;
            case 3 -> {
                boolean named = ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B';
                boolean rgb = !jfif && (adobeTransform == NO_ADOBE_SEGMENT ? named : adobeTransform == 0);
                yield rgb ? RGB : YCBCR;
            }
            case 4 -> adobeTransform == NO_ADOBE_SEGMENT || adobeTransform == 0 ? CMYK : YCCK;
            default -> throw ImageException.unsupported("JPEG images of " + ids.length + " components");
        };
    }

    /** Number of components. */
    int components() {
        return components;
    }

    /**
     * Converts samples to RGB, in place where both have the same size.
     *
     * @param samples shape [pixels, components], as stored in the file
     * @return shape [pixels, 3]
     */
    byte[] toRgb(byte[] samples, int width) {
        return switch (this) {
            case GREY -> greyToRgb(samples);
            case RGB -> samples;
            case YCBCR -> luminanceToRgb(samples, width, 0);
            case CMYK -> inkToRgb(samples);
            case YCCK -> inkToRgb(luminanceToRgb(samples, width, 255));
        };
    }

    private static byte[] greyToRgb(byte[] samples) {
        byte[] rgb = new byte[3 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            rgb[3 * i] = samples[i];
            rgb[3 * i + 1] = samples[i];
            rgb[3 * i + 2] = samples[i];
        }
        return rgb;
    }

    /** Converts the first three components in place, and inverts them if {@code inversion} is 255. */
    private byte[] luminanceToRgb(byte[] samples, int width, int inversion) {
        int row = width * components;
        Bands.process(
                width, samples.length / row, (from, end) -> luminanceToRgb(samples, from * row, end * row, inversion));
        return samples;
    }

    private void luminanceToRgb(byte[] samples, int from, int end, int inversion) {
        for (int i = from; i < end; i += components) {
            int y = samples[i] & 0xff;
            int cb = (samples[i + 1] & 0xff) - 128;
            int cr = (samples[i + 2] & 0xff) - 128;
            int red = y + (RED_OF_CR * cr + HALF >> FRACTION_BITS);
            int green = y + (-GREEN_OF_CB * cb - GREEN_OF_CR * cr + HALF >> FRACTION_BITS);
            int blue = y + (BLUE_OF_CB * cb + HALF >> FRACTION_BITS);
            samples[i] = (byte) (clamp(red) ^ inversion);
            samples[i + 1] = (byte) (clamp(green) ^ inversion);
            samples[i + 2] = (byte) (clamp(blue) ^ inversion);
        }
    }

    private static byte[] inkToRgb(byte[] samples) {
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int from = 0, to = 0; from < samples.length; from += 4) {
            int light = samples[from + 3] & 0xff;
            for (int ink = from; ink < from + 3; ink++) {
                rgb[to++] = (byte) (light - Pixels.divideBy255((255 - (samples[ink] & 0xff)) * light));
            }
        }
        return rgb;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << FRACTION_BITS) + 0.5);
    }
}

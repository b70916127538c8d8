package dev.pargo.models.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded pixels that may be transparent.
 *
 * @param rgb   shape [height, width, 3]
 * @param alpha shape [height, width], 255 is opaque; null if everything is
 */
record Pixels(int width, int height, byte[] rgb, byte @Nullable [] alpha) {

    static Pixels allocate(int width, int height, boolean transparent) {
        int pixels = width * height;
        return new Pixels(width, height, new byte[3 * pixels], transparent ? new byte[pixels] : null);
    }

    /**
     * Takes the stored samples, widened or cut to 8 bits, of a palette, grey or RGB image. No colour conversion:
     * Java2D's own would treat grey as linear light.
     */
    static Pixels of(BufferedImage image, boolean keepAlpha) {
        ColorModel colors = image.getColorModel();
        boolean transparent = keepAlpha && colors.hasAlpha();
        Pixels pixels = allocate(image.getWidth(), image.getHeight(), transparent);
        if (colors instanceof IndexColorModel palette) {
            pixels.fillFromPalette(image.getRaster(), palette);
        } else {
            pixels.fillFromSamples(image.getRaster(), colors);
        }
        return pixels;
    }

    /**
     * Takes colours apart.
     *
     * @param argb shape [height, width]: alpha, red, green and blue from the highest byte on
     */
    static Pixels of(int width, int height, int[] argb, boolean keepAlpha) {
        Pixels pixels = allocate(width, height, keepAlpha);
        for (int pixel = 0; pixel < argb.length; pixel++) {
            pixels.put(pixel, argb[pixel]);
        }
        return pixels;
    }

    private void put(int pixel, int argb) {
        rgb[3 * pixel] = (byte) (argb >> 16);
        rgb[3 * pixel + 1] = (byte) (argb >> 8);
        rgb[3 * pixel + 2] = (byte) argb;
        if (alpha != null) {
            alpha[pixel] = (byte) (argb >>> 24);
        }
    }

    private void fillFromPalette(Raster raster, IndexColorModel palette) {
        int[] argb = new int[1 << palette.getPixelSize()];
        palette.getRGBs(argb);
        int[] row = new int[width];
        for (int y = 0, pixel = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++, pixel++) {
                int color = argb[row[x]];
                rgb[3 * pixel] = (byte) (color >> 16);
                rgb[3 * pixel + 1] = (byte) (color >> 8);
                rgb[3 * pixel + 2] = (byte) color;
                if (alpha != null) {
                    alpha[pixel] = (byte) (color >>> 24);
                }
            }
        }
    }

    private void fillFromSamples(Raster raster, ColorModel colors) {
        int bands = raster.getNumBands();
        int green = bands >= 3 ? 1 : 0;
        int blue = bands >= 3 ? 2 : 0;
        int[] bits = colors.getComponentSize();
        int[] row = new int[width * bands];
        for (int y = 0, pixel = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int at = 0; at < row.length; at += bands, pixel++) {
                rgb[3 * pixel] = toByte(row[at], bits[0]);
                rgb[3 * pixel + 1] = toByte(row[at + green], bits[green]);
                rgb[3 * pixel + 2] = toByte(row[at + blue], bits[blue]);
                if (alpha != null) {
                    alpha[pixel] = toByte(row[at + bands - 1], bits[bands - 1]);
                }
            }
        }
    }

    /** A channel of no bits, which BMP's masks allow, is dark. */
    private static byte toByte(int sample, int bits) {
        if (bits == 0) {
            return 0;
        }
        return (byte) (bits >= 8 ? sample >> bits - 8 : sample * 255 / ((1 << bits) - 1));
    }

    /** Lays the picture on a larger canvas that is transparent, or black without alpha. */
    Pixels onCanvas(int canvasWidth, int canvasHeight, int left, int top, boolean keepAlpha) {
        if (width == canvasWidth && height == canvasHeight) {
            return this;
        }
        Pixels canvas = allocate(canvasWidth, canvasHeight, keepAlpha);
        for (int y = 0; y < height; y++) {
            int from = y * width;
            int to = (top + y) * canvasWidth + left;
            System.arraycopy(rgb, 3 * from, canvas.rgb, 3 * to, 3 * width);
            if (canvas.alpha != null && alpha != null) {
                System.arraycopy(alpha, from, canvas.alpha, to, width);
            } else if (canvas.alpha != null) {
                Arrays.fill(canvas.alpha, to, to + width, (byte) 255);
            }
        }
        return canvas;
    }

    /** Blends the colours over white in place and rounds as Pillow's {@code paste} with a mask does. */
    byte[] overWhite() {
        if (alpha != null) {
            for (int pixel = 0, value = 0; pixel < alpha.length; pixel++) {
                int opacity = alpha[pixel] & 0xff;
                int white = 255 * (255 - opacity);
                for (int end = value + 3; value < end; value++) {
                    rgb[value] = (byte) divideBy255(white + (rgb[value] & 0xff) * opacity);
                }
            }
        }
        return rgb;
    }

    /** {@code round(value / 255)} for 0 to 255 * 255. */
    static int divideBy255(int value) {
        int shifted = value + 128;
        return ((shifted >> 8) + shifted) >> 8;
    }
}

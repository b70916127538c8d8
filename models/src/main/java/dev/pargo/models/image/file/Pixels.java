package dev.pargo.models.image.file;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded pixels that may be transparent.
 *
 * @param rgb   shape [height, width, 3]
 * @param alpha shape [height, width], 255 is opaque; null if all pixels are opaque
 */
record Pixels(int width, int height, byte[] rgb, byte @Nullable [] alpha) {

    static Pixels allocate(int width, int height, boolean transparent) {
        int pixels = width * height;
        return new Pixels(width, height, new byte[3 * pixels], transparent ? new byte[pixels] : null);
    }

    /**
     * Divides colours into RGB and alpha.
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

    /** The same without alpha if alpha makes the whole picture invisible. */
    Pixels opaqueIfInvisible() {
        if (alpha == null) {
            return this;
        }
        for (byte opacity : alpha) {
            if (opacity != 0) {
                return this;
            }
        }
        return new Pixels(width, height, rgb, null);
    }

    /** Puts the picture on a larger canvas that is transparent, or black if the picture has no alpha. */
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

package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.Interruption;

/**
 * Pixels hold the difference from a prediction from their neighbours. Each tile has a prediction mode.
 *
 * @param modes [tiles] the mode in the green channel
 */
record Prediction(int width, int tileBits, int[] modes) implements Transform {

    private static final int BLACK = 0xff000000;

    @Override
    public int[] undo(int[] pixels) {
        int tilesPerRow = Transform.tiles(width, tileBits);
        pixels[0] = Transform.add(pixels[0], BLACK);
        for (int x = 1; x < width; x++) {
            pixels[x] = Transform.add(pixels[x], pixels[x - 1]);
        }
        for (int row = width, y = 1; row < pixels.length; row += width, y++) {
            Interruption.check();
            pixels[row] = Transform.add(pixels[row], pixels[row - width]);
            int tiles = (y >> tileBits) * tilesPerRow;
            for (int x = 1; x < width; ) {
                int mode = modes[tiles + (x >> tileBits)] >> 8 & 0xf;
                int end = Math.min(width, (x >> tileBits) + 1 << tileBits);
                for (; x < end; x++) {
                    pixels[row + x] = Transform.add(pixels[row + x], predict(mode, pixels, row + x));
                }
            }
        }
        return pixels;
    }

    /**
     * For the last pixel of a row, the format takes the first pixel of the same row as the pixel above on the right.
     */
    private int predict(int mode, int[] pixels, int at) {
        int left = pixels[at - 1];
        int above = pixels[at - width];
        int aboveLeft = pixels[at - width - 1];
        int aboveRight = pixels[at - width + 1];
        return switch (mode) {
            case 1 -> left;
            case 2 -> above;
            case 3 -> aboveRight;
            case 4 -> aboveLeft;
            case 5 -> mean(mean(left, aboveRight), above);
            case 6 -> mean(left, aboveLeft);
            case 7 -> mean(left, above);
            case 8 -> mean(aboveLeft, above);
            case 9 -> mean(above, aboveRight);
            case 10 -> mean(mean(left, aboveLeft), mean(above, aboveRight));
            case 11 -> nearer(left, above, aboveLeft);
            case 12 -> gradient(left, above, aboveLeft);
            case 13 -> halfGradient(mean(left, above), aboveLeft);
            default -> BLACK;
        };
    }

    /** The mean of each channel, rounded down. */
    private static int mean(int a, int b) {
        return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
    }

    /** The one of two neighbours that is nearer to the plane through all three. */
    private static int nearer(int left, int above, int aboveLeft) {
        int distance = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int corner = aboveLeft >> shift & 0xff;
            distance += Math.abs((left >> shift & 0xff) - corner) - Math.abs((above >> shift & 0xff) - corner);
        }
        return distance <= 0 ? above : left;
    }

    private static int gradient(int left, int above, int aboveLeft) {
        int color = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int value = (left >> shift & 0xff) + (above >> shift & 0xff) - (aboveLeft >> shift & 0xff);
            color |= clamp(value) << shift;
        }
        return color;
    }

    private static int halfGradient(int mean, int aboveLeft) {
        int color = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int middle = mean >> shift & 0xff;
            color |= clamp(middle + (middle - (aboveLeft >> shift & 0xff)) / 2) << shift;
        }
        return color;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}

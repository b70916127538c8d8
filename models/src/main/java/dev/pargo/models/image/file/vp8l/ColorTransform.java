package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.Interruption;

/**
 * Red and blue were predicted from green, and blue from red, with factors for each tile.
 *
 * @param factors [tiles] the factors as the channels of a colour
 */
record ColorTransform(int width, int tileBits, int[] factors) implements Transform {

    @Override
    public int[] undo(int[] pixels) {
        int tilesPerRow = Transform.tiles(width, tileBits);
        for (int row = 0, y = 0; row < pixels.length; row += width, y++) {
            Interruption.check();
            int tiles = (y >> tileBits) * tilesPerRow;
            for (int x = 0; x < width; x++) {
                pixels[row + x] = undo(pixels[row + x], factors[tiles + (x >> tileBits)]);
            }
        }
        return pixels;
    }

    private static int undo(int argb, int factors) {
        byte green = (byte) (argb >> 8);
        int red = (argb >> 16) + product((byte) factors, green) & 0xff;
        int blue = argb + product((byte) (factors >> 8), green) + product((byte) (factors >> 16), (byte) red) & 0xff;
        return argb & 0xff00ff00 | red << 16 | blue;
    }

    private static int product(byte factor, byte channel) {
        return factor * channel >> 5;
    }
}

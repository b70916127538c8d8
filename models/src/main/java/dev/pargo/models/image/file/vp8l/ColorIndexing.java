package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.Interruption;

/**
 * The green channel holds palette indices. If the palette is small, one pixel holds several indices.
 *
 * @param width    of the picture
 * @param packBits logarithm of the number of indices in one pixel
 * @param palette  [256]
 */
record ColorIndexing(int width, int height, int packBits, int[] palette) implements Transform {

    @Override
    public int[] undo(int[] packed) {
        int bits = 8 >> packBits;
        int mask = (1 << bits) - 1;
        int packedWidth = Transform.tiles(width, packBits);
        int[] pixels = packBits == 0 ? packed : new int[width * height];
        for (int y = 0; y < height; y++) {
            Interruption.check();
            for (int x = 0; x < width; x++) {
                int green = packed[y * packedWidth + (x >> packBits)] >> 8 & 0xff;
                int index = green >> bits * (x & (1 << packBits) - 1) & mask;
                pixels[y * width + x] = palette[index];
            }
        }
        return pixels;
    }
}

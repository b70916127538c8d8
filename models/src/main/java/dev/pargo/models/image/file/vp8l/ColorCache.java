package dev.pargo.models.image.file.vp8l;

/** Recently used colours, found by a hash. */
final class ColorCache {

    private static final int FACTOR = 0x1e35a7bd;

    private final int[] colors;
    private final int shift;

    /** @param bits 1 to 11, or 0 for no cache */
    ColorCache(int bits) {
        this.colors = new int[bits == 0 ? 0 : 1 << bits];
        this.shift = Integer.SIZE - bits;
    }

    int size() {
        return colors.length;
    }

    int get(int place) {
        return colors[place];
    }

    void put(int argb) {
        if (colors.length > 0) {
            colors[argb * FACTOR >>> shift] = argb;
        }
    }
}

package dev.pargo.models.image.file.vp8l;

/**
 * The five codes for the pixels of a region.
 *
 * @param green code of green values, lengths of copies, and positions in the colour cache
 */
record PrefixCodeGroup(PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {

    static final int LITERALS = 256;
    static final int LENGTHS = 24;

    private static final int DISTANCES = 40;

    /** @param greens size of the first alphabet */
    static PrefixCodeGroup read(PrefixCodeReader in, int greens) {
        return new PrefixCodeGroup(
                in.read(greens), in.read(LITERALS), in.read(LITERALS), in.read(LITERALS), in.read(DISTANCES));
    }

    int entries() {
        return green.entries() + red.entries() + blue.entries() + alpha.entries() + distance.entries();
    }
}

package dev.pargo.models.image.file.vp8l;

/** A transform that the encoder applied to the pixels. It is undone after they are read. */
interface Transform {

    /** Undoes the transform, in place if the size stays the same. */
    int[] undo(int[] pixels);

    /** Number of tiles that cover a number of pixels. */
    static int tiles(int pixels, int tileBits) {
        return pixels + (1 << tileBits) - 1 >> tileBits;
    }

    /** Adds two colours channel by channel, each modulo 256. */
    static int add(int a, int b) {
        int alphaAndGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
        int redAndBlue = (a & 0x00ff00ff) + (b & 0x00ff00ff);
        return alphaAndGreen & 0xff00ff00 | redAndBlue & 0x00ff00ff;
    }
}

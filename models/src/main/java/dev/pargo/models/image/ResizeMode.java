package dev.pargo.models.image;

/** How an image of any shape becomes a square. */
public enum ResizeMode {

    /** Bicubic resize to the square; the aspect ratio is lost. */
    PLAIN,

    /** Padding with the pad colour on both sides of the shorter axis, then bicubic resize. */
    EXPAND_TO_SQUARE,

    /** Bicubic resize of the shorter axis to the side, of which the middle is used. */
    CENTER_CROP,

    /**
     * The released evaluation's way, which exists only to reproduce its numbers: the image is scaled into a larger
     * square (the letterbox) and padded, and of that only the top left corner is used.
     */
    LETTERBOX_CROP
}

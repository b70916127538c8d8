package dev.pargo.models.image;

/** How an image of any shape becomes a square. */
public enum ResizeMode {

    /** Bicubic resize to the square; the aspect ratio is lost. */
    PLAIN,

    /** Padding with the pad colour on both sides of the shorter axis, then bicubic resize. */
    EXPAND_TO_SQUARE,

    /** Bicubic resize of the shorter axis to the side; the square in the middle is used. */
    CENTER_CROP,

    /**
     * The preprocessing of the released evaluation; it exists only to reproduce its numbers. The image is scaled into a
     * larger square (the letterbox) and padded, and only the top left corner of the square is used.
     */
    LETTERBOX_CROP
}

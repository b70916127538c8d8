package dev.pargo.models.image;

/** How an image file's orientation and transparency are handled. Colour profiles and gamma are never applied. */
public enum ImageConvention {

    /**
     * The picture that people expect to see: the EXIF orientation is applied, and transparent pixels are blended over
     * white. 16-bit samples lose their low byte.
     */
    NATURAL,

    /**
     * As the reference code's dataset class reads a file: the EXIF orientation is ignored. An RGBA PNG is blended over
     * white (16-bit grey with alpha counts as RGBA); in other files alpha is discarded. 16-bit grey values above 255
     * become white.
     */
    REFERENCE
}

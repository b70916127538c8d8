package dev.pargo.models.image;

/** What becomes of an image file's orientation and transparency. Colour profiles and gamma are never applied. */
public enum ImageConvention {

    /**
     * What people expect to see: the EXIF orientation is applied, and anything transparent lies on white. 16-bit
     * samples lose their low byte.
     */
    NATURAL,

    /**
     * What the reference code's dataset class makes of a file: the EXIF orientation is ignored; an RGBA PNG lies on
     * white (16-bit grey with alpha counts as RGBA), and every other alpha is thrown away; of 16-bit grey, whatever
     * exceeds 255 is white.
     */
    REFERENCE
}

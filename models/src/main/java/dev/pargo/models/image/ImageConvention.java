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
     * white, and every other alpha (grey, palette, colour key, formats other than PNG) is thrown away; 16-bit grey
     * samples above 255 are white.
     */
    REFERENCE
}

package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import java.util.List;

/**
 * A format that is recognised by its first bytes but not supported, so that the refusal can name it.
 *
 * @param at   position of the mark
 * @param mark text at this position that identifies the format
 */
record OtherFormat(int at, String mark, String name) {

    private static final int BRAND_AT = 8;

    private static final List<OtherFormat> KNOWN = List.of(
            new OtherFormat(0, "II*\0", "TIFF"),
            new OtherFormat(0, "MM\0*", "TIFF"),
            new OtherFormat(0, "<svg", "SVG"),
            new OtherFormat(0, "<?xml", "SVG"),
            new OtherFormat(0, "%PDF", "PDF"),
            new OtherFormat(0, "8BPS", "Photoshop"),
            new OtherFormat(0, "\0\0\1\0", "ICO"),
            new OtherFormat(0, "\u00ff\n", "JPEG XL"),
            new OtherFormat(4, "JXL ", "JPEG XL"),
            new OtherFormat(4, "jP  ", "JPEG 2000"),
            new OtherFormat(BRAND_AT, "avif", "AVIF"),
            new OtherFormat(BRAND_AT, "avis", "AVIF"),
            new OtherFormat(BRAND_AT, "heic", "HEIC"),
            new OtherFormat(BRAND_AT, "heix", "HEIC"),
            new OtherFormat(BRAND_AT, "hevc", "HEIC"),
            new OtherFormat(BRAND_AT, "mif1", "HEIF"),
            new OtherFormat(BRAND_AT, "msf1", "HEIF"));

    /** The exception for a file in an unsupported format. */
    static ImageException refusal(Bytes file) {
        return KNOWN.stream()
                .filter(format -> file.hasText(format.at, format.mark))
                .findFirst()
                .map(format ->
                        ImageException.unsupported(format.name + " images", "; send PNG, JPEG, WebP, GIF or BMP"))
                .orElseGet(() -> ImageException.unsupported("images other than PNG, JPEG, WebP, GIF and BMP"));
    }
}

package dev.pargo.models.image;

/**
 * Decodes PNG, JPEG, WebP, GIF (first frame) and BMP files, told apart by their content.
 *
 * <p>Dimensions are taken from the header and checked before any pixel is decoded or allocated. Pixels equal
 * Pillow's (libjpeg-turbo, libwebp) in every format, except in JPEG files with chroma that is halved vertically only.
 * Thread-safe.
 */
public final class ImageDecoder {

    private final ImageLimits limits;
    private final ImageConvention convention;

    public ImageDecoder(ImageLimits limits, ImageConvention convention) {
        this.limits = limits;
        this.convention = convention;
    }

    /**
     * Decodes a file.
     *
     * @throws ImageException if the file is too large, of an unknown format, damaged or truncated
     */
    public RgbImage decode(byte[] file) {
        limits.checkBytes(file.length);
        try {
            EncodedImage encoded = EncodedImage.parse(file);
            limits.checkSize(encoded.width(), encoded.height());
            Pixels pixels = encoded.decode(convention);
            RgbImage stored = new RgbImage(pixels.width(), pixels.height(), pixels.overWhite());
            return convention == ImageConvention.NATURAL ? encoded.orientation().apply(stored) : stored;
        } catch (IndexOutOfBoundsException e) {
            throw ImageException.incomplete(e);
        }
    }
}

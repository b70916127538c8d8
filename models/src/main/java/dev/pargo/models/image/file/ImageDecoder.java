package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.RgbImage;

/**
 * Decodes PNG, JPEG, WebP, GIF (first frame) and BMP files, told apart by their content.
 *
 * <p>Dimensions and work are taken from headers and markers and checked before any pixel is decoded or allocated.
 * Pixels equal Pillow's (libjpeg-turbo, libwebp) in every format, except in JPEG files whose chroma is halved only
 * vertically. Thread-safe.
 */
public final class ImageDecoder {

    private final ImageLimits limits;
    private final ImageConvention convention;

    public ImageDecoder(ImageLimits limits, ImageConvention convention) {
        this.limits = limits;
        this.convention = convention;
    }

    /**
     * Reads the header of a file.
     *
     * @throws ImageException if the file is too large, of an unknown format, or its header is damaged
     */
    public OpenImage open(byte[] file) {
        limits.checkBytes(file.length);
        try {
            EncodedImage encoded = EncodedImage.parse(file);
            limits.checkSize(encoded.width(), encoded.height());
            limits.checkWork(encoded);
            return new OpenImage(encoded, convention, file.length);
        } catch (IndexOutOfBoundsException e) {
            throw ImageException.incomplete(e);
        }
    }

    /**
     * Decodes a file.
     *
     * @throws ImageException if the file is too large, of an unknown format, damaged or incomplete
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public RgbImage decode(byte[] file) {
        return open(file).decode();
    }
}

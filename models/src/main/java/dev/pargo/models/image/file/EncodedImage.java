package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;

/**
 * An image file whose header has been read, but not its pixels. It takes almost no memory, independent of the
 * dimensions in the header.
 */
sealed interface EncodedImage permits PngFile, JpegFile, WebpFile, GifFile, BmpFile {
    int width();

    int height();

    default long pixels() {
        return (long) width() * height();
    }

    /** Estimated work of decoding: the number of pixels times the number of passes over them. */
    default long work() {
        return pixels();
    }

    /** The reason for the work, for a message that refuses it: a sentence without its full stop. */
    default String workInWords() {
        return "the image has %,d x %,d pixels".formatted(width(), height());
    }

    /** Largest memory in bytes that decoding and turning need in addition to the file. */
    default long memory() {
        return ImageLimits.BYTES_PER_PIXEL * pixels();
    }

    /** How the stored pixels must be turned; formats without metadata are upright. */
    default Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    /**
     * Decodes the pixels, with transparency if the convention supports it.
     *
     * @throws ImageException            if the file is damaged
     * @throws IndexOutOfBoundsException if the file ends too early
     */
    Pixels decode(ImageConvention convention);

    /**
     * Tells the format from the content and reads the header.
     *
     * @throws ImageException            if the format is not supported or the header is damaged
     * @throws IndexOutOfBoundsException if the file ends too early
     */
    static EncodedImage parse(byte[] file) {
        EncodedImage image = parse(new Bytes(file));
        if (image.width() < 1 || image.height() < 1) {
            throw ImageException.damaged();
        }
        return image;
    }

    private static EncodedImage parse(Bytes file) {
        if (file.hasText(0, PngFile.SIGNATURE)) {
            return PngFile.parse(file);
        }
        if (file.hasText(0, "\u00ff\u00d8\u00ff")) {
            return JpegFile.parse(file);
        }
        if (file.hasText(0, "RIFF") && file.hasText(8, "WEBP")) {
            return WebpFile.parse(file);
        }
        if (file.hasText(0, "GIF87a") || file.hasText(0, "GIF89a")) {
            return GifFile.parse(file);
        }
        if (file.hasText(0, "BM")) {
            return BmpFile.parse(file);
        }
        throw OtherFormat.refusal(file);
    }
}

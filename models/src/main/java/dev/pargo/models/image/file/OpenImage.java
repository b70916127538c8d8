package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.RgbImage;

/** An image file whose header has been read and is within the limits. Immutable. */
public final class OpenImage {

    private final EncodedImage encoded;
    private final ImageConvention convention;
    private final int fileBytes;

    OpenImage(EncodedImage encoded, ImageConvention convention, int fileBytes) {
        this.encoded = encoded;
        this.convention = convention;
        this.fileBytes = fileBytes;
    }

    /** Width of the decoded picture in pixels. */
    public int width() {
        return transposes() ? encoded.height() : encoded.width();
    }

    /** Height of the decoded picture in pixels. */
    public int height() {
        return transposes() ? encoded.width() : encoded.height();
    }

    private boolean transposes() {
        return convention == ImageConvention.NATURAL && encoded.orientation().transposes();
    }

    /** Estimated work of decoding: the number of pixels times the number of passes over them. */
    public long work() {
        return encoded.work();
    }

    /** Largest memory in bytes that decoding needs, including the file. */
    public long memory() {
        return encoded.memory() + 2L * fileBytes;
    }

    /**
     * Decodes the pixels.
     *
     * @throws ImageException if the file is damaged or incomplete
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public RgbImage decode() {
        try {
            Pixels pixels = encoded.decode(convention);
            RgbImage stored = new RgbImage(pixels.width(), pixels.height(), pixels.overWhite());
            return convention == ImageConvention.NATURAL ? encoded.orientation().apply(stored) : stored;
        } catch (IndexOutOfBoundsException e) {
            throw ImageException.incomplete(e);
        }
    }
}

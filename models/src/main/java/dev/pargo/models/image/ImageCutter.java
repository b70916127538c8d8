package dev.pargo.models.image;

import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;

/** Cuts pictures into the pieces that a model expects. Thread-safe. */
public interface ImageCutter {

    /**
     * The pieces of a picture, from its size alone.
     *
     * @param alone whether the prompt shows this picture only; some models look at several pictures less closely
     * @return cells are pixels
     * @throws ImageException if the model does not take pictures of this shape
     */
    PictureLayout layout(int width, int height, boolean alone);

    /**
     * Cuts a picture.
     *
     * @param alone as in {@link #layout}
     * @return pieces as {@link #layout} says
     * @throws ImageException as {@link #layout} does
     */
    PicturePixels cut(RgbImage image, boolean alone);

    /** Whether a picture that the prompt shows alone is cut into more pieces than one of several. */
    default boolean looksCloserAlone() {
        return false;
    }

    /** Largest number of pixels of all pieces of a picture. */
    long maxPixels();

    /** How an image file's orientation and transparency are handled. */
    default ImageConvention convention() {
        return ImageConvention.NATURAL;
    }
}

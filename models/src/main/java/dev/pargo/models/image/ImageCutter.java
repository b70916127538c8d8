package dev.pargo.models.image;

import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;

/** Takes pictures apart as a model wants to see them. Thread-safe. */
public interface ImageCutter {

    /**
     * The pieces of a picture, from its size alone.
     *
     * @param alone whether the prompt shows this picture only; some models look at several pictures less closely
     * @return cells are pixels
     * @throws ImageException if the picture is of a shape that the model does not take
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

    /** Pixels of all pieces of a picture, at most. */
    long maxPixels();

    /** What becomes of an image file's orientation and transparency. */
    default ImageConvention convention() {
        return ImageConvention.NATURAL;
    }
}

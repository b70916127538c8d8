package dev.pargo.models.image;

import dev.pargo.models.image.Resampler.Canvas;
import dev.pargo.models.tensor.HostTensor;

/** Converts a decoded image to a vision encoder's input. Thread-safe. */
public final class ImagePreprocessor {

    private final Preprocessing preprocessing;
    private final Normalisation normalisation;

    public ImagePreprocessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.normalisation = new Normalisation(preprocessing.mean(), preprocessing.std());
    }

    /**
     * Fits an image into the square and normalises it.
     *
     * @return shape [3, size, size], float32, {@code (level / 255 - mean) / std}
     * @throws ImageException if the image is too thin for {@link ResizeMode#LETTERBOX_CROP}
     */
    public HostTensor preprocess(RgbImage image) {
        return normalisation.apply(fit(image));
    }

    /** The square image before normalisation. */
    RgbImage fit(RgbImage image) {
        int size = preprocessing.size();
        return switch (preprocessing.mode()) {
            case PLAIN -> Resampler.resize(image, size, size, preprocessing.filter());
            case EXPAND_TO_SQUARE -> Resampler.resize(inSquare(image), size, size, preprocessing.filter());
            case CENTER_CROP -> Resampler.resizeToMiddle(image, size, preprocessing.filter());
            case LETTERBOX_CROP ->
                Letterbox.fit(
                                image,
                                preprocessing.letterboxSize(),
                                preprocessing.letterboxSize(),
                                preprocessing.padColor())
                        .topLeft(size);
        };
    }

    private Canvas inSquare(RgbImage image) {
        int side = Math.max(image.width(), image.height());
        return new Canvas(
                image, side, side, (side - image.width()) / 2, (side - image.height()) / 2, preprocessing.padColor());
    }
}

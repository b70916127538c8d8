package dev.pargo.models.image;

import dev.pargo.models.image.BicubicResampler.Canvas;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.nio.FloatBuffer;

/** Makes a vision encoder's input of a decoded image. Thread-safe. */
public final class ImagePreprocessor {

    private static final int LEVELS = 256;

    private final Preprocessing preprocessing;

    /** [channel, level] the normalised value of each 8-bit level. */
    private final float[][] normalised = new float[3][LEVELS];

    public ImagePreprocessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        for (int channel = 0; channel < 3; channel++) {
            for (int level = 0; level < LEVELS; level++) {
                normalised[channel][level] = (level / 255f - preprocessing.mean()[channel])
                        / preprocessing.std()[channel];
            }
        }
    }

    /**
     * Fits an image into the square and normalises it.
     *
     * @return shape [3, size, size], float32, {@code (level / 255 - mean) / std}
     * @throws ImageException if the image is too thin for {@link ResizeMode#LETTERBOX_CROP}
     */
    public HostTensor preprocess(RgbImage image) {
        int size = preprocessing.size();
        byte[] rgb = fit(image).rgb();
        HostTensor tensor = HostTensor.allocate(DType.FLOAT32, 3, size, size);
        FloatBuffer values = tensor.data().asFloatBuffer();
        for (int channel = 0; channel < 3; channel++) {
            for (int at = channel; at < rgb.length; at += 3) {
                values.put(normalised[channel][rgb[at] & 0xff]);
            }
        }
        return tensor;
    }

    /** The square image before normalisation. */
    RgbImage fit(RgbImage image) {
        int size = preprocessing.size();
        return switch (preprocessing.mode()) {
            case PLAIN -> BicubicResampler.resize(image, size, size);
            case EXPAND_TO_SQUARE -> BicubicResampler.resize(inSquare(image), size, size);
            case CENTER_CROP -> BicubicResampler.resizeToMiddle(image, size);
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

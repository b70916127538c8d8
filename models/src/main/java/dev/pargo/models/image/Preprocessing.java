package dev.pargo.models.image;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.bundle.Manifest;
import java.util.Arrays;
import java.util.Locale;

/**
 * How a vision encoder's input is made of an image.
 *
 * @param size          side of the square input in pixels
 * @param mode          how the image is fitted into the square
 * @param letterboxSize side of the letterbox in pixels, at least {@code size}; used by {@link ResizeMode#LETTERBOX_CROP}
 * @param padColor      colour of the padding
 * @param mean          [3], subtracted from the channels after they are scaled to 0..1
 * @param std           [3], divides the channels after that
 * @param convention    what becomes of orientation and transparency when the file is decoded
 */
public record Preprocessing(
        int size,
        ResizeMode mode,
        int letterboxSize,
        Rgb padColor,
        float[] mean,
        float[] std,
        ImageConvention convention) {

    /** Letterbox of the released evaluation. */
    public static final int DEFAULT_LETTERBOX_SIZE = 448;

    private static final int MAX_SIZE = 4096;

    private static final Rgb CLIP_MEAN_COLOR = new Rgb(122, 116, 104);
    private static final float[] CLIP_MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] CLIP_STD = {0.26862954f, 0.26130258f, 0.27577711f};

    public Preprocessing {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("image size %d is not in 1..%d".formatted(size, MAX_SIZE));
        }
        if (mode == ResizeMode.LETTERBOX_CROP && (letterboxSize < size || letterboxSize > MAX_SIZE)) {
            throw new IllegalArgumentException(
                    "letterbox size %d is not in %d..%d".formatted(letterboxSize, size, MAX_SIZE));
        }
        if (mean.length != 3 || std.length != 3) {
            throw new IllegalArgumentException(
                    "mean and std need 3 channels, not %d and %d".formatted(mean.length, std.length));
        }
    }

    /**
     * What a bundle asks for; where it is silent, CLIP's colours, no padding and the natural convention.
     *
     * @throws BundleException if a value is out of its range
     */
    public static Preprocessing of(Manifest.Image image) {
        try {
            return new Preprocessing(
                    image.size(),
                    mode(image),
                    image.letterbox() == null ? DEFAULT_LETTERBOX_SIZE : image.letterbox(),
                    image.padColor() == null ? CLIP_MEAN_COLOR : color(image.padColor()),
                    image.mean() == null ? CLIP_MEAN : image.mean(),
                    image.std() == null ? CLIP_STD : image.std(),
                    convention(image));
        } catch (IllegalArgumentException e) {
            throw new BundleException("the bundle's \"image\": " + e.getMessage(), e);
        }
    }

    private static ResizeMode mode(Manifest.Image image) {
        if (image.letterbox() != null) {
            return ResizeMode.LETTERBOX_CROP;
        }
        return Boolean.TRUE.equals(image.padToSquare()) ? ResizeMode.EXPAND_TO_SQUARE : ResizeMode.PLAIN;
    }

    private static Rgb color(int[] channels) {
        if (channels.length != 3) {
            throw new IllegalArgumentException("pad_color needs 3 channels, not " + channels.length);
        }
        return new Rgb(channels[0], channels[1], channels[2]);
    }

    private static ImageConvention convention(Manifest.Image image) {
        String name = image.convention() == null ? "natural" : image.convention();
        return Arrays.stream(ImageConvention.values())
                .filter(convention -> convention.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown convention '%s': use natural or reference".formatted(name)));
    }
}

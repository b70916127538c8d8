package dev.pargo.models.image;

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
}

package dev.pargo.models.image;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How an image is converted to a vision encoder's input.
 *
 * @param size          side of the square input in pixels
 * @param mode          how the image is fitted into the square
 * @param letterboxSize side of the letterbox in pixels, at least {@code size}; used by {@link ResizeMode#LETTERBOX_CROP}
 * @param padColor      colour of the padding
 * @param mean          [3], subtracted from the channels after they are scaled to 0..1
 * @param std           [3], divides the channels after that
 * @param convention    how orientation and transparency are handled when the file is decoded
 * @param filter        for resizing
 */
public record Preprocessing(
        int size,
        ResizeMode mode,
        int letterboxSize,
        Rgb padColor,
        float[] mean,
        float[] std,
        ImageConvention convention,
        Filter filter) {

    /** Letterbox of the released evaluation. */
    public static final int DEFAULT_LETTERBOX_SIZE = 448;

    private static final int MAX_SIZE = 4096;

    private static final List<Integer> CLIP_MEAN_COLOR = List.of(122, 116, 104);
    static final float[] CLIP_MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    static final float[] CLIP_STD = {0.26862954f, 0.26130258f, 0.27577711f};

    /** With the bicubic filter. */
    public Preprocessing(
            int size,
            ResizeMode mode,
            int letterboxSize,
            Rgb padColor,
            float[] mean,
            float[] std,
            ImageConvention convention) {
        this(size, mode, letterboxSize, padColor, mean, std, convention, Filter.BICUBIC);
    }

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
     * Reads a manifest's section. Defaults: CLIP's colours, no padding, the natural convention.
     *
     * @throws ConfigException if a value is out of its range
     */
    public static Preprocessing read(JsonConfig section) {
        return section.make(() -> new Preprocessing(
                section.size("size"),
                mode(section),
                section.size("letterbox", DEFAULT_LETTERBOX_SIZE),
                color(section.has("pad_color") ? section.integers("pad_color") : CLIP_MEAN_COLOR),
                channels(section, "mean", CLIP_MEAN),
                channels(section, "std", CLIP_STD),
                convention(section.string("convention", "natural"))));
    }

    /** The same with the image fitted into the square in another way. */
    public Preprocessing withMode(ResizeMode other) {
        return new Preprocessing(size, other, letterboxSize, padColor, mean, std, convention, filter);
    }

    /** The same with the image padded to a square. */
    Preprocessing padded(Rgb color) {
        return new Preprocessing(
                size, ResizeMode.EXPAND_TO_SQUARE, letterboxSize, color, mean, std, convention, filter);
    }

    private static ResizeMode mode(JsonConfig section) {
        if (section.has("letterbox")) {
            return ResizeMode.LETTERBOX_CROP;
        }
        if (section.flag("center_crop", false)) {
            return ResizeMode.CENTER_CROP;
        }
        return section.flag("pad_to_square", false) ? ResizeMode.EXPAND_TO_SQUARE : ResizeMode.PLAIN;
    }

    /**
     * Reads a published {@code preprocessor_config.json} of CLIP's, LLaVA's or BLIP's image processor.
     *
     * @throws ConfigException if it asks for a step that is not supported
     */
    public static Preprocessing readProcessor(JsonConfig processor) {
        PublishedProcessor published = new PublishedProcessor(processor);
        int size = published.square("size");
        ResizeMode mode = ResizeMode.PLAIN;
        if (processor.flag("do_center_crop", false)) {
            mode = ResizeMode.CENTER_CROP;
            if (published.square("crop_size") != size) {
                throw processor.problem("crop_size is not size");
            }
        }
        if (processor.flag("do_pad", false)) {
            mode = ResizeMode.EXPAND_TO_SQUARE;
        }
        ResizeMode resize = mode;
        return processor.make(() -> new Preprocessing(
                size,
                resize,
                DEFAULT_LETTERBOX_SIZE,
                color(CLIP_MEAN_COLOR),
                published.channels("image_mean", CLIP_MEAN),
                published.channels("image_std", CLIP_STD),
                ImageConvention.NATURAL,
                published.filter()));
    }

    private static Rgb color(List<Integer> channels) {
        if (channels.size() != 3) {
            throw new IllegalArgumentException("pad_color needs 3 channels, not " + channels.size());
        }
        return new Rgb(channels.get(0), channels.get(1), channels.get(2));
    }

    private static float[] channels(JsonConfig config, String field, float[] otherwise) {
        if (!config.has(field)) {
            return otherwise;
        }
        List<Double> numbers = config.numbers(field);
        float[] channels = new float[numbers.size()];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = numbers.get(i).floatValue();
        }
        return channels;
    }

    private static ImageConvention convention(String name) {
        return Arrays.stream(ImageConvention.values())
                .filter(convention -> convention.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown convention '%s'; known: natural, reference".formatted(name)));
    }
}

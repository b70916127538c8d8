package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import java.util.List;

/**
 * The common settings of the published image processors: resizing, scaling to 0..1 and normalising. A processor that
 * switches one of these steps off is not supported.
 */
record PublishedProcessor(JsonConfig config) {

    /** Limit on tiles. No published model has this many. */
    private static final int MAX_TILES = 64;

    /** @throws dev.pargo.models.config.ConfigException if a step is switched off */
    PublishedProcessor {
        for (String step : List.of("do_resize", "do_rescale", "do_normalize")) {
            if (!config.flag(step, true)) {
                throw config.problem(step + " is false");
            }
        }
        if (Math.abs(config.number("rescale_factor", 1 / 255.0) * 255 - 1) > 1e-6) {
            throw config.problem("rescale_factor is not 1/255");
        }
    }

    Filter filter() {
        return config.make(() -> Filter.numbered(config.integer("resample", 3)));
    }

    float[] channels(String field, float[] otherwise) {
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

    Normalisation normalisation() {
        float[] mean = channels("image_mean", Preprocessing.CLIP_MEAN);
        float[] std = channels("image_std", Preprocessing.CLIP_STD);
        if (mean.length != 3 || std.length != 3) {
            throw config.problem(
                    "image_mean and image_std need 3 channels, not %d and %d".formatted(mean.length, std.length));
        }
        return new Normalisation(mean, std);
    }

    /** A square's side, which processors write as a number, as a shortest edge, or as height and width. */
    int square(String field) {
        if (!config.json().path(field).isObject()) {
            return config.size(field);
        }
        JsonConfig size = config.section(field);
        if (size.has("shortest_edge")) {
            return size.size("shortest_edge");
        }
        if (size.size("height") != size.size("width")) {
            throw config.problem(field + " is not a square");
        }
        return size.size("height");
    }

    /** A number of tiles. */
    int tiles(String field, int otherwise) {
        int tiles = config.size(field, otherwise);
        if (tiles > MAX_TILES) {
            throw config.problem("%s is %d, more than %d".formatted(field, tiles, MAX_TILES));
        }
        return tiles;
    }
}

package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces of LLaVA-NeXT: a view of the whole, then the picture scaled into the best of some given sizes, padded with black and cut.
 * Source: {@code image_processing_pil_llava_next.py} of transformers.
 *
 * @param pinpoints the sizes, in tiles
 */
record PinpointTiles(int side, List<Tiling> pinpoints, Filter filter, Normalisation normalisation)
        implements ImageCutter {

    private static final Rgb BLACK = new Rgb(0, 0, 0);

    static PinpointTiles read(JsonConfig processor) {
        PublishedProcessor published = new PublishedProcessor(processor);
        int side = published.square("size");
        return new PinpointTiles(side, pinpoints(processor, side), published.filter(), published.normalisation());
    }

    /** Height and width of each size in pixels; multiples of a tile's side. */
    private static List<Tiling> pinpoints(JsonConfig processor, int side) {
        List<Tiling> pinpoints = new ArrayList<>();
        for (List<Integer> size : processor.integerLists("image_grid_pinpoints")) {
            boolean whole = size.size() == 2
                    && size.stream().allMatch(length -> length > 0 && length <= 64 * side && length % side == 0);
            if (!whole) {
                throw processor.problem("image_grid_pinpoints has %s, which is no whole number of tiles of %d pixels"
                        .formatted(size, side));
            }
            pinpoints.add(new Tiling(size.get(0) / side, size.get(1) / side, side));
        }
        if (pinpoints.isEmpty()) {
            throw processor.problem("image_grid_pinpoints is missing");
        }
        return List.copyOf(pinpoints);
    }

    /** The size that shows most of the picture's pixels, and of these the one with the least padding. */
    private Tiling best(int width, int height) {
        Tiling best = pinpoints.get(0);
        long mostShown = 0;
        long leastWasted = Long.MAX_VALUE;
        for (Tiling pinpoint : pinpoints) {
            double scale = Math.min((double) pinpoint.width() / width, (double) pinpoint.height() / height);
            long scaled = (long) (int) (width * scale) * (int) (height * scale);
            long shown = Math.min(scaled, (long) width * height);
            long wasted = (long) pinpoint.width() * pinpoint.height() - shown;
            if (shown > mostShown || shown == mostShown && wasted < leastWasted) {
                mostShown = shown;
                leastWasted = wasted;
                best = pinpoint;
            }
        }
        return best;
    }

    @Override
    public long maxPixels() {
        return pinpoints.stream().mapToLong(Tiling::pixelsWithWhole).max().orElseThrow();
    }

    @Override
    public PictureLayout layout(int width, int height, boolean alone) {
        return best(width, height).withWhole(width, height, true);
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean alone) {
        Tiling tiling = best(image.width(), image.height());
        List<HostTensor> pieces = new ArrayList<>();
        pieces.add(normalisation.apply(Resampler.resize(image, side, side, filter)));
        tiling.cut(fit(image, tiling)).forEach(tile -> pieces.add(normalisation.apply(tile)));
        return new PicturePixels(layout(image.width(), image.height(), alone), pieces);
    }

    /** Scales the image to fit into the tiles and pads it with black on all sides. */
    private RgbImage fit(RgbImage image, Tiling tiling) {
        double byWidth = (double) tiling.width() / image.width();
        double byHeight = (double) tiling.height() / image.height();
        int width = tiling.width();
        int height = tiling.height();
        if (byWidth < byHeight) {
            height = Math.min((int) Math.ceil(image.height() * byWidth), height);
        } else {
            width = Math.min((int) Math.ceil(image.width() * byHeight), width);
        }
        RgbImage scaled = Resampler.resize(image, width, height, filter);
        return scaled.onCanvas(
                tiling.width(), tiling.height(), (tiling.width() - width) / 2, (tiling.height() - height) / 2, BLACK);
    }
}

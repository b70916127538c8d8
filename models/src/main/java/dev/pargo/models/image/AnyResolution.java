package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageException.Reason;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import java.util.List;

/**
 * A Qwen-VL picture: one piece of nearly its own shape, with sides that are whole squares of merged patches and an area within
 * bounds. Source: {@code smart_resize} in {@code image_processing_pil_qwen2_vl.py} of transformers.
 *
 * @param unit      side of the squares in pixels
 * @param minPixels least area
 * @param maxPixels largest area
 */
record AnyResolution(int unit, long minPixels, long maxPixels, Filter filter, Normalisation normalisation)
        implements ImageCutter {

    private static final int MAX_RATIO = 200;

    static AnyResolution read(JsonConfig processor) {
        PublishedProcessor published = new PublishedProcessor(processor);
        JsonConfig size = processor.sectionOrEmpty("size");
        return new AnyResolution(
                Math.multiplyExact(processor.size("patch_size", 14), processor.size("merge_size", 2)),
                processor.size("min_pixels", size.size("shortest_edge", 56 * 56)),
                processor.size("max_pixels", size.size("longest_edge", 28 * 28 * 1280)),
                published.filter(),
                published.normalisation());
    }

    private Grid fitted(int width, int height) {
        if (Math.max(width, height) > (long) MAX_RATIO * Math.min(width, height)) {
            throw new ImageException(
                    Reason.UNDECODABLE,
                    "the image of %d x %d pixels is too thin: at most %d times as long as wide is accepted"
                            .formatted(width, height, MAX_RATIO));
        }
        double rows = Math.rint((double) height / unit);
        double columns = Math.rint((double) width / unit);
        double area = rows * unit * columns * unit;
        if (area > maxPixels) {
            double shrink = Math.sqrt((double) height * width / maxPixels);
            rows = Math.max(1, Math.floor(height / shrink / unit));
            columns = Math.max(1, Math.floor(width / shrink / unit));
        } else if (area < minPixels) {
            double grow = Math.sqrt(minPixels / ((double) height * width));
            rows = Math.ceil(height * grow / unit);
            columns = Math.ceil(width * grow / unit);
        }
        return new Grid((int) rows * unit, (int) columns * unit);
    }

    @Override
    public long maxPixels() {
        return Math.max(maxPixels, (long) MAX_RATIO * unit * unit);
    }

    @Override
    public PictureLayout layout(int width, int height, boolean alone) {
        return PictureLayout.whole(width, height, fitted(width, height));
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean alone) {
        PictureLayout layout = layout(image.width(), image.height(), alone);
        Grid grid = layout.pieces().get(0).grid();
        RgbImage resized = Resampler.resize(image, grid.columns(), grid.rows(), filter);
        return new PicturePixels(layout, List.of(normalisation.apply(resized)));
    }
}

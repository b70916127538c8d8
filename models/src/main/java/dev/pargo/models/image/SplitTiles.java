package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces of SmolVLM and Idefics3: the picture is resized so that its longer side has a fixed length, then so that both
 * sides are whole tiles, and cut. A view of the whole picture follows the tiles. Source: {@code
 * image_processing_pil_smolvlm.py} of transformers.
 *
 * @param longest length in pixels that the longer side is resized to
 * @param side    of a tile
 * @param splits  whether pictures are cut into tiles; otherwise there is only the whole
 */
record SplitTiles(int longest, int side, boolean splits, Filter filter, Normalisation normalisation)
        implements ImageCutter {

    /** The reference's own upper bound. */
    private static final int MAX_SIDE = 4096;

    static SplitTiles read(JsonConfig processor) {
        PublishedProcessor published = new PublishedProcessor(processor);
        return new SplitTiles(
                processor.section("size").size("longest_edge"),
                processor.section("max_image_size").size("longest_edge"),
                processor.flag("do_image_splitting", true),
                published.filter(),
                published.normalisation());
    }

    /** A picture's size after the first resize. */
    private Grid fitted(int width, int height) {
        double ratio = (double) width / height;
        if (width >= height) {
            int shorter = even((int) (longest / ratio));
            return longest > MAX_SIDE
                    ? new Grid(Math.max(1, (int) (MAX_SIDE / ((double) longest / shorter))), MAX_SIDE)
                    : new Grid(shorter, longest);
        }
        int shorter = even((int) (longest * ratio));
        return longest > MAX_SIDE
                ? new Grid(MAX_SIDE, Math.max(1, (int) (MAX_SIDE * ((double) shorter / longest))))
                : new Grid(longest, shorter);
    }

    private static int even(int length) {
        return Math.max(1, length + length % 2);
    }

    private Tiling tiling(Grid fitted) {
        double ratio = (double) fitted.columns() / fitted.rows();
        if (fitted.columns() >= fitted.rows()) {
            int columns = tiles(fitted.columns());
            return new Tiling(tiles((int) (columns * side / ratio)), columns, side);
        }
        int rows = tiles(fitted.rows());
        return new Tiling(rows, tiles((int) (rows * side * ratio)), side);
    }

    private int tiles(int length) {
        return Math.max(1, (length + side - 1) / side);
    }

    private boolean isCut(Tiling tiling) {
        return splits && tiling.rows() * tiling.columns() > 1;
    }

    @Override
    public long maxPixels() {
        int most = splits ? tiles(Math.min(longest, MAX_SIDE)) : 0;
        return new Tiling(most, most, side).pixelsWithWhole();
    }

    @Override
    public PictureLayout layout(int width, int height, boolean alone) {
        Tiling tiling = tiling(fitted(width, height));
        return isCut(tiling)
                ? tiling.withWhole(width, height, false)
                : PictureLayout.whole(width, height, new Grid(side, side));
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean alone) {
        Grid fitted = fitted(image.width(), image.height());
        Tiling tiling = tiling(fitted);
        List<HostTensor> pieces = new ArrayList<>();
        RgbImage resized = Resampler.resize(image, fitted.columns(), fitted.rows(), filter);
        if (splits) {
            resized = Resampler.resize(resized, tiling.width(), tiling.height(), filter);
        }
        if (isCut(tiling)) {
            tiling.cut(resized).forEach(tile -> pieces.add(normalisation.apply(tile)));
        }
        pieces.add(normalisation.apply(Resampler.resize(resized, side, side, filter)));
        return new PicturePixels(layout(image.width(), image.height(), alone), pieces);
    }
}

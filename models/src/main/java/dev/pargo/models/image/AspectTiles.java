package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * InternVL's pieces: the picture is stretched to the grid of tiles whose shape is nearest to its own, and cut. A view
 * of the whole picture follows the tiles, unless there is only one tile. Source: {@code
 * image_processing_pil_got_ocr2.py} of transformers.
 */
final class AspectTiles implements ImageCutter {

    private final int side;
    private final Filter filter;
    private final Normalisation normalisation;
    private final List<Tiling> tilings;

    private AspectTiles(int side, int min, int max, Filter filter, Normalisation normalisation) {
        this.side = side;
        this.filter = filter;
        this.normalisation = normalisation;
        List<Tiling> all = new ArrayList<>();
        for (int columns = 1; columns <= max; columns++) {
            for (int rows = 1; rows <= max; rows++) {
                if (columns * rows <= max && columns * rows >= min) {
                    all.add(new Tiling(rows, columns, side));
                }
            }
        }
        all.sort(Comparator.comparingInt(tiling -> tiling.rows() * tiling.columns()));
        this.tilings = List.copyOf(all);
    }

    static AspectTiles read(JsonConfig processor) {
        PublishedProcessor published = new PublishedProcessor(processor);
        boolean cuts = processor.flag("crop_to_patches", false);
        return new AspectTiles(
                published.square("size"),
                cuts ? published.tiles("min_patches", 1) : 1,
                cuts ? published.tiles("max_patches", 12) : 1,
                published.filter(),
                published.normalisation());
    }

    /** Among tilings of the same shape the larger one is chosen if the picture has more than half of its pixels. */
    private Tiling best(int width, int height) {
        double ratio = (double) width / height;
        double least = Double.POSITIVE_INFINITY;
        Tiling best = new Tiling(1, 1, side);
        for (Tiling tiling : tilings) {
            double difference = Math.abs(ratio - (double) tiling.columns() / tiling.rows());
            boolean same = difference == least
                    && (double) width * height > 0.5 * side * side * tiling.rows() * tiling.columns();
            if (difference < least || same) {
                least = difference;
                best = tiling;
            }
        }
        return best;
    }

    @Override
    public long maxPixels() {
        return tilings.stream().mapToLong(Tiling::pixelsWithWhole).max().orElseThrow();
    }

    @Override
    public PictureLayout layout(int width, int height, boolean alone) {
        Tiling tiling = best(width, height);
        return tiling.rows() * tiling.columns() == 1
                ? PictureLayout.whole(width, height, new Grid(side, side))
                : tiling.withWhole(width, height, false);
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean alone) {
        Tiling tiling = best(image.width(), image.height());
        List<HostTensor> pieces = new ArrayList<>();
        if (tiling.rows() * tiling.columns() > 1) {
            RgbImage stretched = Resampler.resize(image, tiling.width(), tiling.height(), filter);
            tiling.cut(stretched).forEach(tile -> pieces.add(normalisation.apply(tile)));
        }
        pieces.add(normalisation.apply(Resampler.resize(image, side, side, filter)));
        return new PicturePixels(layout(image.width(), image.height(), alone), pieces);
    }
}

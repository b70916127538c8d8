package dev.pargo.models.image;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import java.util.List;

/** The picture as one square. */
public final class WholeImage implements ImageCutter {

    private final Preprocessing preprocessing;
    private final ImagePreprocessor preprocessor;

    public WholeImage(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.preprocessor = new ImagePreprocessor(preprocessing);
    }

    /** How the picture becomes a square. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public PictureLayout layout(int width, int height, boolean alone) {
        return PictureLayout.whole(width, height, new Grid(preprocessing.size(), preprocessing.size()));
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean alone) {
        return new PicturePixels(layout(image.width(), image.height(), alone), List.of(preprocessor.preprocess(image)));
    }

    @Override
    public long maxPixels() {
        return (long) preprocessing.size() * preprocessing.size();
    }

    @Override
    public ImageConvention convention() {
        return preprocessing.convention();
    }
}

package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;

/**
 * Pieces of LLaVA-OneVision: a single picture is cut as in LLaVA-NeXT; each of several pictures is one square, padded
 * with the mean colour. Source: {@code image_processing_pil_llava_onevision.py} of transformers.
 */
record OneVisionTiles(PinpointTiles alone, WholeImage oneOfSeveral) implements ImageCutter {

    static OneVisionTiles read(JsonConfig processor) {
        Preprocessing square = Preprocessing.readProcessor(processor);
        float[] mean = square.mean();
        Rgb meanColor = new Rgb((int) (mean[0] * 255), (int) (mean[1] * 255), (int) (mean[2] * 255));
        return new OneVisionTiles(PinpointTiles.read(processor), new WholeImage(square.padded(meanColor)));
    }

    private ImageCutter cutter(boolean isAlone) {
        return isAlone ? alone : oneOfSeveral;
    }

    @Override
    public long maxPixels() {
        return alone.maxPixels();
    }

    @Override
    public PictureLayout layout(int width, int height, boolean isAlone) {
        return cutter(isAlone).layout(width, height, isAlone);
    }

    @Override
    public boolean looksCloserAlone() {
        return true;
    }

    @Override
    public PicturePixels cut(RgbImage image, boolean isAlone) {
        return cutter(isAlone).cut(image, isAlone);
    }
}

package dev.pargo.encoder;

import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.picture.PicturePixels;
import java.util.Random;

/** A picture of noise, the same every time, with which an encoder checks itself. */
final class ProbePicture {

    private static final int SIDE = 64;

    private ProbePicture() {}

    static PicturePixels cut(ImageCutter cutter) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        new Random(0).nextBytes(rgb);
        return cutter.cut(new RgbImage(SIDE, SIDE, rgb), true);
    }
}

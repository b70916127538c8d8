package dev.pargo.models.bundle;

import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.weights.Fingerprint;
import java.util.List;

/**
 * Fingerprints a preprocessing by its output for fixed probe pictures. Everything that affects a pixel changes the fingerprint:
 * size, tiles, filter, padding, mean and standard deviation, whichever file sets it.
 */
final class PictureProbe {

    /** Neither picture is square or a multiple of a patch size. One is small; the other is large enough to be cut into tiles. */
    private static final List<RgbImage> PICTURES = List.of(picture(61, 97), picture(803, 401));

    private PictureProbe() {}

    static void add(ImageCutter cutter, Fingerprint fingerprint) {
        fingerprint.add("convention", cutter.convention());
        for (RgbImage picture : PICTURES) {
            PicturePixels pixels = cutter.cut(picture, true);
            fingerprint.add("layout", pixels.layout());
            pixels.pieces().forEach(piece -> fingerprint.add("pixels", piece));
        }
    }

    /** A picture in which every channel takes all 256 values. */
    private static RgbImage picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31 + i / 7);
        }
        return new RgbImage(width, height, rgb);
    }
}

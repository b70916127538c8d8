package dev.pargo.models.bundle;

import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.weights.Fingerprint;
import java.util.List;

/**
 * Tells two ways to look at pictures apart by what they make of the same pictures. So whatever decides a pixel counts: size,
 * tiles, filter, padding, mean and standard deviation, wherever they are written.
 */
final class PictureProbe {

    /** Neither square nor a multiple of any patch; one small, one that is cut into tiles where pictures are. */
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

    /** Every channel has all of its values. */
    private static RgbImage picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31 + i / 7);
        }
        return new RgbImage(width, height, rgb);
    }
}

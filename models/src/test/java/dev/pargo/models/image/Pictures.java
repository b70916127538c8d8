package dev.pargo.models.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures for the tests. */
final class Pictures {

    private Pictures() {}

    /** A picture with all levels and some structure, always the same for the same seed. */
    static RgbImage random(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int smooth = (i / 3 % width) * 255 / width;
            rgb[i] = (byte) (i % 5 == 0 ? random.nextInt(256) : smooth);
        }
        return new RgbImage(width, height, rgb);
    }

    static RgbImage rgb(BufferedImage picture) {
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return new RgbImage(picture.getWidth(), picture.getHeight(), rgb);
    }

    static BufferedImage buffered(RgbImage image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < image.width() * image.height(); i++) {
            int color = (image.rgb()[3 * i] & 0xff) << 16
                    | (image.rgb()[3 * i + 1] & 0xff) << 8
                    | image.rgb()[3 * i + 2] & 0xff;
            picture.setRGB(i % image.width(), i / image.width(), color);
        }
        return picture;
    }

    static byte[] encode(BufferedImage picture, String format) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(picture, format, file)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }
}

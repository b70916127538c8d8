package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.input.InputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Copies of pictures that look the same but differ in bytes, so that no picture cache has them. */
final class PictureVariants {

    private PictureVariants() {}

    /**
     * Pictures as data URLs.
     *
     * @param count how many to make of each file: 1 uses the file unchanged, more are copies with one pixel changed
     */
    static List<String> of(List<Path> files, int count) throws IOException {
        List<String> pictures = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new InputException("there is no picture at " + file);
            }
            if (count == 1) {
                pictures.add(PictureDataUrl.of(file));
            } else {
                addVariants(file, count, pictures);
            }
        }
        return pictures;
    }

    private static void addVariants(Path file, int count, List<String> pictures) throws IOException {
        @Nullable BufferedImage picture = ImageIO.read(file.toFile());
        if (picture == null || picture.getWidth() * picture.getHeight() < count) {
            throw new InputException(
                    "%s is not a PNG, JPEG, GIF or BMP file of at least %d pixels".formatted(file, count));
        }
        for (int i = 0; i < count; i++) {
            int x = i % picture.getWidth();
            int y = i / picture.getWidth();
            int pixel = picture.getRGB(x, y);
            picture.setRGB(x, y, pixel ^ 0x808080);
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(picture, "png", png);
            pictures.add(PictureDataUrl.of(png.toByteArray(), "image/png"));
            picture.setRGB(x, y, pixel);
        }
    }
}

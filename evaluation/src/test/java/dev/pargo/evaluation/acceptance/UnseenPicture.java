package dev.pargo.evaluation.acceptance;

import dev.pargo.evaluation.stack.Bundles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/** Makes pictures that no cache knows: a scene with another pixel changed each time. */
final class UnseenPicture {

    private static final AtomicInteger MADE = new AtomicInteger();

    private UnseenPicture() {}

    /** A PNG file's bytes. */
    static byte[] png() throws IOException {
        BufferedImage scene =
                ImageIO.read(Bundles.PARGO_MINI.resolve("examples/scene01.png").toFile());
        int number = MADE.incrementAndGet();
        int x = number % scene.getWidth();
        int y = number / scene.getWidth();
        scene.setRGB(x, y, ~scene.getRGB(x, y));
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(scene, "png", png);
        return png.toByteArray();
    }
}

package dev.pargo.gateway.attention;

import dev.pargo.gateway.inference.CrossAttention;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Cross-attention as a picture of the square that the encoder sees: the attention of the global tokens (or of all
 * tokens if there are none) to each patch in the last layer, as the mean of tokens and heads. The strongest patch is
 * the brightest.
 */
final class HeatMap {

    private static final int CELL = 16;

    /** From black through the page's dark teal to a warm white. */
    private static final int[][] COLORS = {{10, 12, 16}, {12, 107, 96}, {240, 168, 104}, {255, 248, 235}};

    private HeatMap() {}

    static void write(CrossAttention attention, OutputStream out) throws IOException {
        double[] weights = IntStream.range(0, attention.tokens().getPatches())
                .mapToDouble(patch -> mean(attention, patch))
                .toArray();
        double most = IntStream.range(0, weights.length)
                .mapToDouble(patch -> weights[patch])
                .max()
                .orElse(1);
        int side = attention.gridSide();
        BufferedImage image = new BufferedImage(side * CELL, side * CELL, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, color(weights[y / CELL * side + x / CELL] / most));
            }
        }
        ImageIO.write(image, "png", out);
    }

    private static double mean(CrossAttention attention, int patch) {
        int last = attention.tokens().getCrossLayersCount() - 1;
        int from = attention.tokens().getGlobal() > 0 ? attention.tokens().getPartial() : 0;
        double sum = 0;
        for (int group = 0; group < attention.groups(); group++) {
            for (int token = from; token < attention.count(); token++) {
                sum += attention.weight(last, group, token, patch);
            }
        }
        return sum;
    }

    /** @param strength 0 to 1 */
    private static int color(double strength) {
        double at = strength * (COLORS.length - 1);
        int low = Math.min((int) at, COLORS.length - 2);
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
            double value = COLORS[low][channel] + (at - low) * (COLORS[low + 1][channel] - COLORS[low][channel]);
            rgb = rgb << 8 | (int) Math.round(value);
        }
        return rgb;
    }
}

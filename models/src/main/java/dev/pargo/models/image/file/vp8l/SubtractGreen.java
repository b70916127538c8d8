package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.Interruption;

/** Green was subtracted from red and blue. */
record SubtractGreen(int width) implements Transform {

    @Override
    public int[] undo(int[] pixels) {
        for (int row = 0; row < pixels.length; row += width) {
            Interruption.check();
            for (int i = row; i < row + width; i++) {
                int green = pixels[i] >> 8 & 0xff;
                pixels[i] = Transform.add(pixels[i], green << 16 | green);
            }
        }
        return pixels;
    }
}

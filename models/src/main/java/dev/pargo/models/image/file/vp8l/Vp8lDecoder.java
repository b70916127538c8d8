package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.ImageException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Decodes a lossless WebP picture. Not thread-safe. */
public final class Vp8lDecoder {

    private static final int SIGNATURE_BITS = 8;
    private static final int SIZE_BITS = 14;
    private static final int VERSION_BITS = 3;

    private static final int PREDICTION = 0;
    private static final int COLOR_TRANSFORM = 1;
    private static final int SUBTRACT_GREEN = 2;

    private static final int PALETTE = 256;

    private final BitReader in;
    private final PixelReader pixels;
    private final int height;
    private final Deque<Transform> transforms = new ArrayDeque<>();

    /** Width of the stored rows. It is less than that of the picture if several indices share a pixel. */
    private int width;

    private Vp8lDecoder(BitReader in, int width, int height) {
        this.in = in;
        this.pixels = new PixelReader(in);
        this.width = width;
        this.height = height;
    }

    /**
     * Decodes a picture with its header.
     *
     * @param width  as the header has it
     * @param height as the header has it
     * @return shape [height, width]: alpha, red, green and blue from the highest byte on; alpha is 255 if the picture
     *     has no alpha
     * @throws ImageException if the picture is damaged or ends too early
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public static int[] decode(byte[] file, int from, int length, int width, int height) {
        BitReader in = new BitReader(file, from, length);
        in.read(SIGNATURE_BITS);
        in.read(SIZE_BITS);
        in.read(SIZE_BITS);
        boolean hasAlpha = in.flag();
        if (in.read(VERSION_BITS) != 0) {
            throw ImageException.damaged();
        }
        int[] argb = new Vp8lDecoder(in, width, height).decode();
        for (int i = 0; !hasAlpha && i < argb.length; i++) {
            argb[i] |= 0xff000000;
        }
        return argb;
    }

    /**
     * Decodes a picture without a header, as alpha is stored: the second byte of each value.
     *
     * @throws ImageException if the picture is damaged or ends too early
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public static int[] decodeHeadless(byte[] file, int from, int length, int width, int height) {
        return new Vp8lDecoder(new BitReader(file, from, length), width, height).decode();
    }

    private int[] decode() {
        int seen = 0;
        while (in.flag()) {
            int type = in.read(2);
            if ((seen >> type & 1) == 1) {
                throw ImageException.damaged();
            }
            seen |= 1 << type;
            transforms.push(readTransform(type));
        }
        int[] argb = pixels.read(width, height, true);
        for (Transform transform : transforms) {
            argb = transform.undo(argb);
        }
        return argb;
    }

    private Transform readTransform(int type) {
        return switch (type) {
            case PREDICTION, COLOR_TRANSFORM -> {
                int tileBits = in.read(3) + 2;
                int[] tiles = pixels.read(Transform.tiles(width, tileBits), Transform.tiles(height, tileBits), false);
                yield type == PREDICTION
                        ? new Prediction(width, tileBits, tiles)
                        : new ColorTransform(width, tileBits, tiles);
            }
            case SUBTRACT_GREEN -> new SubtractGreen(width);
            default -> readPalette();
        };
    }

    private Transform readPalette() {
        int colors = in.read(8) + 1;
        int[] differences = pixels.read(colors, 1, false);
        int[] palette = new int[PALETTE];
        palette[0] = differences[0];
        for (int i = 1; i < colors; i++) {
            palette[i] = Transform.add(differences[i], palette[i - 1]);
        }
        int packBits = colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3;
        int unpacked = width;
        width = Transform.tiles(width, packBits);
        return new ColorIndexing(unpacked, height, packBits, palette);
    }
}

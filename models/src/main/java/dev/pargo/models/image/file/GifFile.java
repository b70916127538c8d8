package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;

/**
 * A GIF file. Only its first frame is decoded, on the logical screen; nothing after the frame is read.
 *
 * @param width  width of the logical screen, or the right end of the frame if it is larger
 * @param height height of the logical screen, or the bottom end of the frame if it is larger
 * @param control position of the graphic control extension that belongs to the frame, 0 if it has none
 * @param frame  position of the frame's image descriptor
 */
record GifFile(Bytes file, int width, int height, int control, int frame) implements EncodedImage {

    private static final int SCREEN_END = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int IMAGE = 0x2c;
    private static final int DESCRIPTOR_LENGTH = 10;
    private static final int INTERLACED = 0x40;
    private static final int COLORS = 256;
    private static final int OPAQUE = 0xff000000;

    /** [pass]: first row and distance between rows of an interlaced frame. */
    private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

    private static final int[][] ONE_PASS = {{0, 1}};

    static GifFile parse(Bytes file) {
        int control = 0;
        int at = SCREEN_END + colorTableLength(file.u8(10));
        while (file.u8(at) == EXTENSION) {
            if (file.u8(at + 1) == GRAPHIC_CONTROL) {
                control = at;
            }
            at = endOfSubBlocks(file, at + 2);
        }
        if (file.u8(at) != IMAGE) {
            throw ImageException.damaged();
        }
        int frameWidth = file.u16le(at + 5);
        int frameHeight = file.u16le(at + 7);
        if (frameWidth == 0 || frameHeight == 0) {
            throw ImageException.damaged();
        }
        int width = Math.max(file.u16le(6), file.u16le(at + 1) + frameWidth);
        int height = Math.max(file.u16le(8), file.u16le(at + 3) + frameHeight);
        return new GifFile(file, width, height, control, at);
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        boolean keepAlpha = convention == ImageConvention.NATURAL;
        int frameWidth = file.u16le(frame + 5);
        int frameHeight = file.u16le(frame + 7);
        int data = frame + DESCRIPTOR_LENGTH + colorTableLength(flags());
        byte[] indices = new GifLzw(file, data).read(frameWidth * frameHeight);
        int[] colors = colors();
        PixelRows pixels = new PixelRows(frameWidth, frameHeight, keepAlpha && transparentIndex() >= 0);
        pixels.reserve(frameHeight);
        int from = 0;
        for (int[] pass : (flags() & INTERLACED) == 0 ? ONE_PASS : PASSES) {
            for (int y = pass[0]; y < frameHeight; y += pass[1]) {
                Interruption.check();
                for (int x = 0; x < frameWidth; x++) {
                    pixels.put(y * frameWidth + x, colors[indices[from++] & 0xff]);
                }
            }
        }
        return pixels.finish().onCanvas(width, height, file.u16le(frame + 1), file.u16le(frame + 3), keepAlpha);
    }

    /** [256]: the palette of the frame, or else of the screen, or else greys. */
    private int[] colors() {
        int own = colorTableLength(flags());
        int table = own > 0 ? frame + DESCRIPTOR_LENGTH : SCREEN_END;
        int length = own > 0 ? own : colorTableLength(file.u8(10));
        int[] colors = new int[COLORS];
        for (int i = 0; i < COLORS; i++) {
            if (length == 0) {
                colors[i] = OPAQUE | i * 0x010101;
            } else {
                colors[i] = 3 * i < length ? OPAQUE | file.u24be(table + 3 * i) : OPAQUE;
            }
        }
        if (transparentIndex() >= 0) {
            colors[transparentIndex()] &= ~OPAQUE;
        }
        return colors;
    }

    private int transparentIndex() {
        boolean named = control > 0 && (file.u8(control + 3) & 1) == 1;
        return named ? file.u8(control + 6) : -1;
    }

    private int flags() {
        return file.u8(frame + 9);
    }

    private static int colorTableLength(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 * (2 << (flags & 7));
    }

    private static int endOfSubBlocks(Bytes file, int from) {
        int at = from;
        while (file.u8(at) != 0) {
            at += 1 + file.u8(at);
        }
        return at + 1;
    }
}

package dev.pargo.models.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;

/**
 * A GIF file, of which the first frame is shown on the logical screen. Comments and other extensions never reach the
 * decoder.
 *
 * @param width  of the logical screen, or as far as the frame reaches
 * @param height of the logical screen, or as far as the frame reaches
 * @param control position of the graphic control extension that belongs to the frame, 0 if it has none
 * @param frame  position of the frame's image descriptor
 */
record GifFile(Bytes file, int width, int height, int control, int frame) implements EncodedImage {

    private static final int SCREEN_END = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int GRAPHIC_CONTROL_LENGTH = 8;
    private static final int IMAGE = 0x2c;
    private static final int DESCRIPTOR_LENGTH = 10;
    private static final int TRAILER = 0x3b;

    static GifFile parse(Bytes file) {
        int control = 0;
        int at = firstBlock(file);
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
        return Pixels.of(ImageIoReader.GIF.read(new ByteArrayInputStream(still())), keepAlpha)
                .onCanvas(width, height, file.u16le(frame + 1), file.u16le(frame + 3), keepAlpha);
    }

    /** The first frame as a file of its own. */
    private byte[] still() {
        int pixels = frame + DESCRIPTOR_LENGTH + colorTableLength(file.u8(frame + 9));
        int end = endOfSubBlocks(file, pixels + 1);
        ByteArrayOutputStream still = new ByteArrayOutputStream(file.length());
        still.write(file.array(), 0, firstBlock(file));
        if (control > 0) {
            still.write(file.array(), control, GRAPHIC_CONTROL_LENGTH);
        }
        still.write(file.array(), frame, end - frame);
        still.write(TRAILER);
        return still.toByteArray();
    }

    private static int firstBlock(Bytes file) {
        return SCREEN_END + colorTableLength(file.u8(10));
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

package dev.pargo.models.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a stored image must be turned to stand upright: EXIF's orientations 1 to 8, in their order.
 *
 * <p>Every one of them is a transposition (or none) followed by flips of the axes of the upright image.
 */
enum Orientation {
    UPRIGHT(false, false, false),
    FLIPPED_HORIZONTALLY(false, true, false),
    ROTATED_180(false, true, true),
    FLIPPED_VERTICALLY(false, false, true),
    TRANSPOSED(true, false, false),
    ROTATED_90(true, true, false),
    TRANSVERSED(true, true, true),
    ROTATED_270(true, false, true);

    private static final byte[] EXIF_PREFIX = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private static final short ORIENTATION_TAG = 0x112;
    private static final int ENTRY_LENGTH = 12;

    private final boolean transposes;
    private final boolean flipsX;
    private final boolean flipsY;

    Orientation(boolean transposes, boolean flipsX, boolean flipsY) {
        this.transposes = transposes;
        this.flipsX = flipsX;
        this.flipsY = flipsY;
    }

    /**
     * Reads the orientation from EXIF data: a TIFF file, of which only the entries of the first directory are looked at.
     * (General readers follow pointers into directories, and overflow the stack where a hostile file nests them.) Data
     * that cannot be read means upright.
     */
    static Orientation of(byte[] exif) {
        int start = isExif(exif) ? EXIF_PREFIX.length : 0;
        ByteBuffer tiff = ByteBuffer.wrap(exif, start, exif.length - start).slice();
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = Short.toUnsignedInt(tiff.getShort(directory));
            for (int at = directory + 2; at < directory + 2 + ENTRY_LENGTH * entries; at += ENTRY_LENGTH) {
                if (tiff.getShort(at) == ORIENTATION_TAG) {
                    int value = tiff.getShort(at + 8);
                    return value < 1 || value > values().length ? UPRIGHT : values()[value - 1];
                }
            }
        } catch (IndexOutOfBoundsException e) {
            return UPRIGHT;
        }
        return UPRIGHT;
    }

    /** Whether a JPEG application segment is EXIF data. */
    static boolean isExif(byte[] segment) {
        return segment.length >= EXIF_PREFIX.length
                && Arrays.equals(segment, 0, EXIF_PREFIX.length, EXIF_PREFIX, 0, EXIF_PREFIX.length);
    }

    /** The image upright: the same one if it already is. */
    RgbImage apply(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = transposes ? stored.height() : stored.width();
        int height = transposes ? stored.width() : stored.height();
        byte[] source = stored.rgb();
        byte[] target = new byte[source.length];
        int stepX = 3 * (transposes ? stored.width() : 1);
        int stepY = 3 * (transposes ? 1 : stored.width());
        for (int y = 0, to = 0; y < height; y++) {
            int from = (flipsY ? height - 1 - y : y) * stepY + (flipsX ? (width - 1) * stepX : 0);
            for (int x = 0; x < width; x++, to += 3, from += flipsX ? -stepX : stepX) {
                target[to] = source[from];
                target[to + 1] = source[from + 1];
                target[to + 2] = source[from + 2];
            }
        }
        return new RgbImage(width, height, target);
    }
}

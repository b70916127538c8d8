package dev.pargo.models.image;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
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

    private final boolean transposes;
    private final boolean flipsX;
    private final boolean flipsY;

    Orientation(boolean transposes, boolean flipsX, boolean flipsY) {
        this.transposes = transposes;
        this.flipsX = flipsX;
        this.flipsY = flipsY;
    }

    /** Reads the orientation from a block of EXIF data. A block that cannot be read means upright. */
    static Orientation of(byte[] exif) {
        byte[] tiff = isExif(exif) ? Arrays.copyOfRange(exif, EXIF_PREFIX.length, exif.length) : exif;
        Metadata metadata = new Metadata();
        try {
            new ExifReader().extract(new ByteArrayReader(tiff), metadata);
        } catch (RuntimeException e) {
            return UPRIGHT;
        }
        ExifIFD0Directory directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer value = directory == null ? null : directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
        return value == null || value < 1 || value > values().length ? UPRIGHT : values()[value - 1];
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

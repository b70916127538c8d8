package dev.pargo.models.image.file;

import dev.pargo.models.image.RgbImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=[\"']|>)([0-9])");

    private static final short ORIENTATION_TAG = 0x112;
    private static final short TYPE_LONG = 4;
    private static final int ENTRY_LENGTH = 12;

    private final boolean transposes;
    private final boolean flipsX;
    private final boolean flipsY;

    Orientation(boolean transposes, boolean flipsX, boolean flipsY) {
        this.transposes = transposes;
        this.flipsX = flipsX;
        this.flipsY = flipsY;
    }

    /** Whether rows become columns. */
    boolean transposes() {
        return transposes;
    }

    /**
     * The orientation in a file's metadata: from EXIF data, or else from an XMP packet.
     *
     * @param exif null or empty if there is none
     * @param xmp  null or empty if there is none
     */
    static Orientation of(byte @Nullable [] exif, byte @Nullable [] xmp) {
        Optional<Orientation> fromExif = exif == null ? Optional.empty() : ofExif(exif);
        return fromExif.or(() -> xmp == null ? Optional.empty() : ofXmp(xmp)).orElse(UPRIGHT);
    }

    /**
     * Reads the orientation from EXIF data, which is a TIFF file. Only the entries of the first directory are read.
     * (General readers follow pointers into directories, and overflow the stack where a hostile file nests them.)
     *
     * @return empty if there is none, or the data cannot be read
     */
    private static Optional<Orientation> ofExif(byte[] exif) {
        int start = isExif(exif) ? EXIF_PREFIX.length : 0;
        ByteBuffer tiff = ByteBuffer.wrap(exif, start, exif.length - start).slice();
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = Short.toUnsignedInt(tiff.getShort(directory));
            for (int at = directory + 2; at < directory + 2 + ENTRY_LENGTH * entries; at += ENTRY_LENGTH) {
                if (tiff.getShort(at) == ORIENTATION_TAG) {
                    boolean isLong = tiff.getShort(at + 2) == TYPE_LONG;
                    return ofNumber(isLong ? tiff.getInt(at + 8) : tiff.getShort(at + 8));
                }
            }
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** Reads the orientation from an XMP packet, empty if there is none. */
    private static Optional<Orientation> ofXmp(byte[] packet) {
        Matcher matcher = XMP_ORIENTATION.matcher(new String(packet, StandardCharsets.ISO_8859_1));
        return matcher.find() ? ofNumber(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    private static Optional<Orientation> ofNumber(int number) {
        return number < 1 || number > values().length ? Optional.empty() : Optional.of(values()[number - 1]);
    }

    private static boolean isExif(byte[] segment) {
        return segment.length >= EXIF_PREFIX.length
                && Arrays.equals(segment, 0, EXIF_PREFIX.length, EXIF_PREFIX, 0, EXIF_PREFIX.length);
    }

    /** The upright image; this image if it is upright. */
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

package dev.pargo.models.image.file.vp8l;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;
import org.jspecify.annotations.Nullable;

/** Reads prefix-coded pixels: a picture before its transforms are undone, or the data of a transform. */
final class PixelReader {

    private static final int MAX_CACHE_BITS = 11;

    /** Much more than encoders need; bounds the memory of the codes' tables to 32 MiB. */
    private static final int MAX_TABLE_ENTRIES = 1 << 23;

    /**
     * Positions of the nearest pixels, in the order of their codes: 16 times the rows above, plus 8, minus the column.
     */
    private static final int[] NEAR = {
        0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a,
        0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04,
        0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45,
        0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d,
        0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e,
        0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e,
        0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e,
        0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e,
        0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d,
        0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70
    };

    private final BitReader in;

    PixelReader(BitReader in) {
        this.in = in;
    }

    /** The codes of a picture: one group for all of it, or one for each tile that the map names. */
    private record Codes(PrefixCodeGroup[] groups, int @Nullable [] map, int tileBits, int tilesPerRow) {

        PrefixCodeGroup at(int x, int y) {
            return map == null ? groups[0] : groups[map[(y >> tileBits) * tilesPerRow + (x >> tileBits)] >> 8 & 0xffff];
        }
    }

    /**
     * Reads pixels.
     *
     * @param mayHaveTiles whether the codes may differ from tile to tile; only the codes of a picture may
     * @return shape [height, width], alpha, red, green and blue from the highest byte on
     */
    int[] read(int width, int height, boolean mayHaveTiles) {
        ColorCache cache = new ColorCache(readCacheBits());
        Codes codes = readCodes(width, height, mayHaveTiles, cache.size());
        return readPixels(width, height, codes, cache);
    }

    private int readCacheBits() {
        if (!in.flag()) {
            return 0;
        }
        int bits = in.read(4);
        if (bits < 1 || bits > MAX_CACHE_BITS) {
            throw ImageException.damaged();
        }
        return bits;
    }

    private Codes readCodes(int width, int height, boolean mayHaveTiles, int cacheSize) {
        int[] map = null;
        int tileBits = 0;
        int tilesPerRow = 0;
        int count = 1;
        if (mayHaveTiles && in.flag()) {
            tileBits = in.read(3) + 2;
            tilesPerRow = Transform.tiles(width, tileBits);
            map = read(tilesPerRow, Transform.tiles(height, tileBits), false);
            for (int tile : map) {
                count = Math.max(count, 1 + (tile >> 8 & 0xffff));
            }
        }
        int greens = PrefixCodeGroup.LITERALS + PrefixCodeGroup.LENGTHS + cacheSize;
        PrefixCodeReader reader = new PrefixCodeReader(in, greens);
        PrefixCodeGroup[] groups = new PrefixCodeGroup[count];
        int entries = 0;
        for (int i = 0; i < count; i++) {
            groups[i] = PrefixCodeGroup.read(reader, greens);
            entries += groups[i].entries();
            if (entries > MAX_TABLE_ENTRIES) {
                throw ImageException.unsupported("WebP images with that many prefix codes");
            }
        }
        return new Codes(groups, map, tileBits, tilesPerRow);
    }

    private int[] readPixels(int width, int height, Codes codes, ColorCache cache) {
        int[] pixels = new int[width * height];
        int tileMask = (1 << codes.tileBits) - 1;
        PrefixCodeGroup group = codes.at(0, 0);
        int at = 0;
        int x = 0;
        int y = 0;
        while (at < pixels.length) {
            if (codes.map != null && (x & tileMask) == 0) {
                group = codes.at(x, y);
            }
            int symbol = group.green().read(in);
            int count = 1;
            if (symbol < PrefixCodeGroup.LITERALS) {
                int red = group.red().read(in);
                int blue = group.blue().read(in);
                pixels[at] = group.alpha().read(in) << 24 | red << 16 | symbol << 8 | blue;
            } else if (symbol < PrefixCodeGroup.LITERALS + PrefixCodeGroup.LENGTHS) {
                count = number(symbol - PrefixCodeGroup.LITERALS);
                copy(pixels, at, distance(number(group.distance().read(in)), width), count);
            } else {
                pixels[at] = cache.get(symbol - PrefixCodeGroup.LITERALS - PrefixCodeGroup.LENGTHS);
            }
            if (cache.size() > 0) {
                for (int i = at; i < at + count; i++) {
                    cache.put(pixels[i]);
                }
            }
            at += count;
            x += count;
            if (x >= width) {
                y += x / width;
                x %= width;
                checkProgress();
                if (at < pixels.length) {
                    group = codes.at(x, y);
                }
            } else if (count > 1) {
                group = codes.at(x, y);
            }
        }
        checkProgress();
        return pixels;
    }

    private void checkProgress() {
        Interruption.check();
        if (in.isExhausted()) {
            throw ImageException.incomplete();
        }
    }

    private static void copy(int[] pixels, int at, int distance, int count) {
        if (distance > at || count > pixels.length - at) {
            throw ImageException.damaged();
        }
        if (distance >= count) {
            System.arraycopy(pixels, at - distance, pixels, at, count);
            return;
        }
        for (int i = at; i < at + count; i++) {
            pixels[i] = pixels[i - distance];
        }
    }

    /** Reads a length or distance: a prefix code, then the number of bits that it gives. */
    private int number(int prefix) {
        if (prefix < 4) {
            return prefix + 1;
        }
        int bits = prefix - 2 >> 1;
        return (2 + (prefix & 1) << bits) + in.read(bits) + 1;
    }

    /** The distance in pixels of a distance code. The lowest codes mean positions in the neighbourhood. */
    private static int distance(int code, int width) {
        if (code > NEAR.length) {
            return code - NEAR.length;
        }
        int near = NEAR[code - 1];
        return Math.max(1, (near >> 4) * width + 8 - (near & 0xf));
    }
}

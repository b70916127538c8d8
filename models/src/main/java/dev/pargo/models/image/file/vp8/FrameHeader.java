package dev.pargo.models.image.file.vp8;

import dev.pargo.models.image.ImageException;

/**
 * The header of a key frame (RFC 6386, section 9), and the partitions that follow it.
 *
 * @param width           1 to 16,383
 * @param height          1 to 16,383
 * @param quantizers      [4] of each segment
 * @param coefficients    [4 types, 8 bands, 3 contexts, 11] probabilities
 * @param skipProbability of a bit that says whether a macroblock has no coefficients; {@value #NO_SKIPPING} without it
 * @param modes           the first partition, from the first macroblock on
 * @param partitions      the others, each with the coefficients of every n-th row of macroblocks
 */
record FrameHeader(
        int width,
        int height,
        Segments segments,
        FilterLevels filter,
        Quantizer[] quantizers,
        int[] coefficients,
        int skipProbability,
        BoolDecoder modes,
        BoolDecoder[] partitions) {

    static final int NO_SKIPPING = -1;

    private static final int LENGTH = 10;
    private static final int MAX_PROFILE = 3;

    /** A lower bound on the bits of a macroblock in the first partition; it bounds the picture's size by its data. */
    private static final int LEAST_BITS_OF_A_MACROBLOCK = 2;

    static FrameHeader read(byte[] file, int from, int length) {
        if (length < LENGTH) {
            throw ImageException.incomplete();
        }
        int tag = u24(file, from);
        boolean signature = u24(file, from + 3) == 0x2a019d;
        boolean keyFrame = (tag & 1) == 0;
        boolean shown = (tag >> 4 & 1) == 1;
        if (!signature || !keyFrame || !shown || (tag >> 1 & 7) > MAX_PROFILE) {
            throw ImageException.damaged();
        }
        int width = u24(file, from + 6) & 0x3fff;
        int height = u24(file, from + 7) >> 8 & 0x3fff;
        int first = tag >> 5;
        int rest = length - LENGTH - first;
        if (rest < 0 || 8L * first < (long) LEAST_BITS_OF_A_MACROBLOCK * (width / 16) * (height / 16)) {
            throw ImageException.incomplete();
        }
        return read(width, height, file, from + LENGTH, first, rest);
    }

    private static FrameHeader read(int width, int height, byte[] file, int from, int first, int rest) {
        BoolDecoder header = new BoolDecoder(file, from, first);
        header.flag(); // The colour space has no effect, and
        header.flag(); // values are always clamped.
        Segments segments = Segments.read(header);
        FilterLevels filter = FilterLevels.read(header);
        BoolDecoder[] partitions = partitions(file, from + first, rest, 1 << header.number(2));
        int level = header.number(7);
        Quantizer.Offsets offsets = Quantizer.Offsets.read(header);
        Quantizer[] quantizers = new Quantizer[Segments.COUNT];
        for (int i = 0; i < quantizers.length; i++) {
            quantizers[i] = Quantizer.of(segments.quantizer(i, level), offsets);
        }
        header.flag(); // Whether to keep the probabilities does not matter, because there is no later frame.
        int[] coefficients = CoefficientTables.DEFAULTS.clone();
        for (int i = 0; i < coefficients.length; i++) {
            if (header.bit(CoefficientTables.UPDATES[i]) == 1) {
                coefficients[i] = header.number(8);
            }
        }
        int skipProbability = header.flag() ? header.number(8) : NO_SKIPPING;
        return new FrameHeader(
                width, height, segments, filter, quantizers, coefficients, skipProbability, header, partitions);
    }

    /**
     * The partitions of coefficients. As in libwebp, sizes that exceed the data are reduced, but the last partition
     * must not be empty.
     */
    private static BoolDecoder[] partitions(byte[] file, int from, int length, int count) {
        int sizes = 3 * (count - 1);
        if (length <= sizes) {
            throw ImageException.incomplete();
        }
        BoolDecoder[] partitions = new BoolDecoder[count];
        int at = from + sizes;
        int left = length - sizes;
        for (int i = 0; i < count; i++) {
            if (i == count - 1 && left == 0) {
                throw ImageException.incomplete();
            }
            int size = i == count - 1 ? left : Math.min(left, u24(file, from + 3 * i));
            partitions[i] = new BoolDecoder(file, at, size);
            at += size;
            left -= size;
        }
        return partitions;
    }

    private static int u24(byte[] file, int at) {
        return file[at] & 0xff | (file[at + 1] & 0xff) << 8 | (file[at + 2] & 0xff) << 16;
    }
}

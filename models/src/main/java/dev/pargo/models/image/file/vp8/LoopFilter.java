package dev.pargo.models.image.file.vp8;

import dev.pargo.models.image.file.vp8.FilterLevels.Strength;

/** Smooths the edges of blocks (RFC 6386, section 15). */
final class LoopFilter {

    private final boolean simple;

    LoopFilter(boolean simple) {
        this.simple = simple;
    }

    /**
     * Filters the edges of one macroblock. Call it in reading order.
     *
     * @param x        in macroblocks
     * @param y        in macroblocks
     * @param interior whether the edges inside the macroblock are filtered
     */
    void filter(Frame frame, int x, int y, Strength strength, boolean interior) {
        filter(frame.luma(), x, y, 16, strength, interior);
        if (!simple) {
            filter(frame.u(), x, y, 8, strength, interior);
            filter(frame.v(), x, y, 8, strength, interior);
        }
    }

    private void filter(Plane plane, int x, int y, int size, Strength strength, boolean interior) {
        byte[] samples = plane.samples();
        int stride = plane.stride();
        int at = plane.at(size * x, size * y);
        if (x > 0) {
            outerEdge(samples, at, 1, stride, size, strength);
        }
        for (int inner = 4; interior && inner < size; inner += 4) {
            innerEdge(samples, at + inner, 1, stride, size, strength);
        }
        if (y > 0) {
            outerEdge(samples, at, stride, 1, size, strength);
        }
        for (int inner = 4; interior && inner < size; inner += 4) {
            innerEdge(samples, at + inner * stride, stride, 1, size, strength);
        }
    }

    /**
     * Filters an edge between macroblocks.
     *
     * @param across distance between pixels across the edge
     * @param along  distance between pixels along the edge
     */
    private void outerEdge(byte[] s, int from, int across, int along, int length, Strength strength) {
        int limit = 2 * (strength.limit() + 4) + 1;
        if (simple) {
            simpleEdge(s, from, across, along, length, limit);
            return;
        }
        for (int i = 0, at = from; i < length; i++, at += along) {
            if (isSmooth(s, at, across, limit, strength.interior())) {
                if (hasHighVariance(s, at, across, strength.threshold())) {
                    changeTwo(s, at, across);
                } else {
                    changeSix(s, at, across);
                }
            }
        }
    }

    /** Filters an edge between blocks of the same macroblock. */
    private void innerEdge(byte[] s, int from, int across, int along, int length, Strength strength) {
        int limit = 2 * strength.limit() + 1;
        if (simple) {
            simpleEdge(s, from, across, along, length, limit);
            return;
        }
        for (int i = 0, at = from; i < length; i++, at += along) {
            if (isSmooth(s, at, across, limit, strength.interior())) {
                if (hasHighVariance(s, at, across, strength.threshold())) {
                    changeTwo(s, at, across);
                } else {
                    changeFour(s, at, across);
                }
            }
        }
    }

    private static void simpleEdge(byte[] s, int from, int across, int along, int length, int limit) {
        for (int i = 0, at = from; i < length; i++, at += along) {
            if (isWithin(s, at, across, limit)) {
                changeTwo(s, at, across);
            }
        }
    }

    private static boolean isWithin(byte[] s, int at, int across, int limit) {
        return 4 * difference(s, at - across, at) + difference(s, at - 2 * across, at + across) <= limit;
    }

    private static boolean isSmooth(byte[] s, int at, int across, int limit, int interior) {
        return isWithin(s, at, across, limit)
                && difference(s, at - 4 * across, at - 3 * across) <= interior
                && difference(s, at - 3 * across, at - 2 * across) <= interior
                && difference(s, at - 2 * across, at - across) <= interior
                && difference(s, at + 3 * across, at + 2 * across) <= interior
                && difference(s, at + 2 * across, at + across) <= interior
                && difference(s, at + across, at) <= interior;
    }

    private static boolean hasHighVariance(byte[] s, int at, int across, int threshold) {
        return difference(s, at - 2 * across, at - across) > threshold || difference(s, at + across, at) > threshold;
    }

    private static void changeTwo(byte[] s, int at, int across) {
        int before = s[at - across] & 0xff;
        int behind = s[at] & 0xff;
        int step = 3 * (behind - before) + signed((s[at - 2 * across] & 0xff) - (s[at + across] & 0xff));
        s[at - across] = Transforms.clamp(before + (signed(step + 3 >> 3, 4)));
        s[at] = Transforms.clamp(behind - signed(step + 4 >> 3, 4));
    }

    private static void changeFour(byte[] s, int at, int across) {
        int before = s[at - across] & 0xff;
        int behind = s[at] & 0xff;
        int step = 3 * (behind - before);
        int change = signed(step + 4 >> 3, 4);
        int outer = change + 1 >> 1;
        s[at - 2 * across] = Transforms.clamp((s[at - 2 * across] & 0xff) + outer);
        s[at - across] = Transforms.clamp(before + signed(step + 3 >> 3, 4));
        s[at] = Transforms.clamp(behind - change);
        s[at + across] = Transforms.clamp((s[at + across] & 0xff) - outer);
    }

    private static void changeSix(byte[] s, int at, int across) {
        int before = s[at - across] & 0xff;
        int behind = s[at] & 0xff;
        int step = signed(3 * (behind - before) + signed((s[at - 2 * across] & 0xff) - (s[at + across] & 0xff)));
        int nearest = 27 * step + 63 >> 7;
        int middle = 18 * step + 63 >> 7;
        int farthest = 9 * step + 63 >> 7;
        s[at - 3 * across] = Transforms.clamp((s[at - 3 * across] & 0xff) + farthest);
        s[at - 2 * across] = Transforms.clamp((s[at - 2 * across] & 0xff) + middle);
        s[at - across] = Transforms.clamp(before + nearest);
        s[at] = Transforms.clamp(behind - nearest);
        s[at + across] = Transforms.clamp((s[at + across] & 0xff) - middle);
        s[at + 2 * across] = Transforms.clamp((s[at + 2 * across] & 0xff) - farthest);
    }

    private static int difference(byte[] s, int a, int b) {
        return Math.abs((s[a] & 0xff) - (s[b] & 0xff));
    }

    private static int signed(int value) {
        return signed(value, 7);
    }

    /** Clamps to a signed number of {@code bits} bits and a sign. */
    private static int signed(int value, int bits) {
        return Math.max(-1 << bits, Math.min((1 << bits) - 1, value));
    }
}

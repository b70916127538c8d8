package dev.pargo.models.image.file.vp8;

/**
 * Converts a row of a frame to RGB as libwebp does: chroma is interpolated from the four nearest values with weights 9,
 * 3, 3 and 1, and the conversion is that of BT.601 with 14 bits.
 */
final class YuvToRgb {

    private static final int FRACTION_BITS = 6;

    private final Frame frame;
    private final int width;
    private final int chromaHeight;

    /** Working memory: the chroma of a row, interpolated. */
    private final int[] u;

    private final int[] v;

    /**
     * @param width  of the picture
     * @param height of the picture
     */
    YuvToRgb(Frame frame, int width, int height) {
        this.frame = frame;
        this.width = width;
        this.chromaHeight = (height + 1) / 2;
        this.u = new int[width + 1];
        this.v = new int[width + 1];
    }

    /** Converts a row. */
    void convert(int y, byte[] rgb, int to) {
        interpolate(frame.u(), y, u);
        interpolate(frame.v(), y, v);
        byte[] luma = frame.luma().samples();
        int from = frame.luma().at(0, y);
        for (int x = 0, at = to; x < width; x++, at += 3) {
            int light = (luma[from + x] & 0xff) * 19077 >> 8;
            int blueness = u[x];
            int redness = v[x];
            rgb[at] = clamp(light + (redness * 26149 >> 8) - 14234);
            rgb[at + 1] = clamp(light - (blueness * 6419 >> 8) - (redness * 13320 >> 8) + 8708);
            rgb[at + 2] = clamp(light + (blueness * 33050 >> 8) - 17685);
        }
    }

    /** The chroma of a row of the picture. The row lies at a quarter of the distance between two rows of chroma. */
    private void interpolate(Plane plane, int y, int[] values) {
        byte[] samples = plane.samples();
        int near = plane.at(0, y / 2);
        int other = plane.at(0, Math.max(0, Math.min(chromaHeight - 1, y / 2 + (y % 2 == 0 ? -1 : 1))));
        int nearLeft = samples[near] & 0xff;
        int otherLeft = samples[other] & 0xff;
        values[0] = 3 * nearLeft + otherLeft + 2 >> 2;
        int last = (width - 1) / 2;
        for (int x = 1; x <= last; x++) {
            int nearRight = samples[near + x] & 0xff;
            int otherRight = samples[other + x] & 0xff;
            // Rounded as in libwebp.
            int sum = nearLeft + nearRight + otherLeft + otherRight + 8;
            int rising = sum + 2 * (nearRight + otherLeft) >> 3;
            int falling = sum + 2 * (nearLeft + otherRight) >> 3;
            values[2 * x - 1] = rising + nearLeft >> 1;
            values[2 * x] = falling + nearRight >> 1;
            nearLeft = nearRight;
            otherLeft = otherRight;
        }
        if (width % 2 == 0) {
            values[width - 1] = 3 * nearLeft + otherLeft + 2 >> 2;
        }
    }

    private static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(255, value >> FRACTION_BITS));
    }
}

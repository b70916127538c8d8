package dev.pargo.models.image.file.vp8;

/** The inverse transforms of RFC 6386, section 14. */
final class Transforms {

    private static final int SINE = 35468;
    private static final int COSINE_LESS_ONE = 20091;

    private Transforms() {}

    /**
     * Sets the first coefficients of a macroblock's luma blocks by the inverse Walsh-Hadamard transform.
     *
     * @param in  [4, 4]
     * @param out [16 blocks, 16]; only the first coefficients are set
     */
    static void walshHadamard(short[] in, short[] out) {
        int[] columns = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = in[i] + in[12 + i];
            int b = in[4 + i] + in[8 + i];
            int c = in[4 + i] - in[8 + i];
            int d = in[i] - in[12 + i];
            columns[i] = a + b;
            columns[4 + i] = d + c;
            columns[8 + i] = a - b;
            columns[12 + i] = d - c;
        }
        for (int i = 0; i < 4; i++) {
            int first = columns[4 * i] + 3;
            int a = first + columns[4 * i + 3];
            int b = columns[4 * i + 1] + columns[4 * i + 2];
            int c = columns[4 * i + 1] - columns[4 * i + 2];
            int d = first - columns[4 * i + 3];
            out[64 * i] = (short) (a + b >> 3);
            out[64 * i + 16] = (short) (d + c >> 3);
            out[64 * i + 32] = (short) (a - b >> 3);
            out[64 * i + 48] = (short) (d - c >> 3);
        }
    }

    /**
     * Adds a block's residual to its prediction.
     *
     * @param columns [16] working memory
     */
    static void add(short[] in, int from, Plane plane, int at, int[] columns) {
        for (int i = 0; i < 4; i++) {
            int a = in[from + i] + in[from + 8 + i];
            int b = in[from + i] - in[from + 8 + i];
            int c = sine(in[from + 4 + i]) - cosine(in[from + 12 + i]);
            int d = cosine(in[from + 4 + i]) + sine(in[from + 12 + i]);
            columns[4 * i] = a + d;
            columns[4 * i + 1] = b + c;
            columns[4 * i + 2] = b - c;
            columns[4 * i + 3] = a - d;
        }
        byte[] samples = plane.samples();
        for (int i = 0, to = at; i < 4; i++, to += plane.stride()) {
            int first = columns[i] + 4;
            int a = first + columns[8 + i];
            int b = first - columns[8 + i];
            int c = sine(columns[4 + i]) - cosine(columns[12 + i]);
            int d = cosine(columns[4 + i]) + sine(columns[12 + i]);
            samples[to] = sum(samples[to], a + d >> 3);
            samples[to + 1] = sum(samples[to + 1], b + c >> 3);
            samples[to + 2] = sum(samples[to + 2], b - c >> 3);
            samples[to + 3] = sum(samples[to + 3], a - d >> 3);
        }
    }

    /** The same for a block that has only its first coefficient. */
    static void addFirst(int coefficient, Plane plane, int at) {
        byte[] samples = plane.samples();
        int residual = coefficient + 4 >> 3;
        for (int i = 0, to = at; i < 4; i++, to += plane.stride()) {
            for (int x = to; x < to + 4; x++) {
                samples[x] = sum(samples[x], residual);
            }
        }
    }

    private static int sine(int value) {
        return value * SINE >> 16;
    }

    private static int cosine(int value) {
        return (value * COSINE_LESS_ONE >> 16) + value;
    }

    private static byte sum(byte prediction, int residual) {
        return clamp((prediction & 0xff) + residual);
    }

    static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}

package dev.pargo.models.image;

/**
 * Weights of one axis of a resize, as Pillow computes them: a filter's kernel is stretched by the scale when shrinking
 * (so that it averages), cut at the border, normalised, and rounded to fixed point.
 *
 * <p>The axis may be padded: weights that fall on padding are summed up in {@code padding}.
 *
 * @param stride  weights reserved for one output position
 * @param first   [out] first input position that counts, without the padding before it
 * @param count   [out] number of input positions that count, 0 if all is padding
 * @param weights [out, stride]
 * @param padding [out] sum of the weights on padding
 */
record Taps(int stride, int[] first, int[] count, int[] weights, int[] padding) {

    /** Fraction bits of the weights: 32, less 8 for the pixel and 2 for sums above 1. */
    static final int PRECISION_BITS = 22;

    static final int HALF = 1 << PRECISION_BITS - 1;

    /**
     * Computes the weights.
     *
     * @param in     length of the padded axis
     * @param start  where on it the input begins
     * @param length of the input
     * @param out    length of the resized axis
     */
    static Taps compute(Filter filter, int in, int start, int length, int out) {
        return compute(filter, in, start, length, out, 0, out);
    }

    /**
     * Computes the weights of a part of the resized axis.
     *
     * @param begin first position of the part
     * @param count positions of the part
     */
    static Taps compute(Filter filter, int in, int start, int length, int out, int begin, int count) {
        double scale = (double) in / out;
        double stretch = Math.max(scale, 1.0);
        double support = filter.support() * stretch;
        double[] window = new double[(int) Math.ceil(support) * 2 + 1];
        int stride = Math.min(window.length, length);
        Taps taps = new Taps(stride, new int[count], new int[count], new int[count * stride], new int[count]);
        for (int position = 0; position < count; position++) {
            double center = (begin + position + 0.5) * scale;
            int from = Math.max((int) (center - support + 0.5), 0);
            int size = Math.min((int) (center + support + 0.5), in) - from;
            double sum = 0;
            for (int i = 0; i < size; i++) {
                window[i] = filter.weight(Math.abs((i + from - center + 0.5) * (1.0 / stretch)));
                sum += window[i];
            }
            taps.put(position, window, size, sum, from - start, length);
        }
        return taps;
    }

    /** Rounds a window's weights and divides them between input and padding. */
    private void put(int position, double[] window, int size, double sum, int offset, int length) {
        int begin = Math.min(Math.max(-offset, 0), size);
        int end = Math.max(Math.min(length - offset, size), begin);
        first[position] = offset + begin;
        count[position] = end - begin;
        for (int i = 0; i < size; i++) {
            int weight = round((sum == 0 ? window[i] : window[i] / sum) * (1 << PRECISION_BITS));
            if (i >= begin && i < end) {
                weights[position * stride + i - begin] = weight;
            } else {
                padding[position] += weight;
            }
        }
    }

    private static int round(double value) {
        return (int) (value < 0 ? value - 0.5 : value + 0.5);
    }
}

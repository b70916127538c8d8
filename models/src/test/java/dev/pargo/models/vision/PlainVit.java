package dev.pargo.models.vision;

import java.util.function.Function;

/** EVA's ViT-g written out in double precision and plain loops, to compare the network with. */
final class PlainVit {

    private final EvaGConfig config;
    private final Function<String, float[]> weights;

    /** @param weights by published names, row-major */
    PlainVit(EvaGConfig config, Function<String, float[]> weights) {
        this.config = config;
        this.weights = weights;
    }

    /** [3, side, side] -> [patches, width], CLS dropped. */
    double[][] encode(float[] pixels) {
        double[][] x = embed(pixels);
        for (int i = 0; i < config.layers(); i++) {
            String block = "blocks." + i;
            add(x, attention(norm(x, block + ".norm1"), block + ".attn"));
            double[][] hidden = linear(norm(x, block + ".norm2"), block + ".mlp.fc1.weight", bias(block + ".mlp.fc1"));
            for (double[] row : hidden) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = 0.5 * row[j] * (1 + erf(row[j] / Math.sqrt(2)));
                }
            }
            add(x, linear(hidden, block + ".mlp.fc2.weight", bias(block + ".mlp.fc2")));
        }
        return java.util.Arrays.copyOfRange(x, 1, x.length);
    }

    private double[][] embed(float[] pixels) {
        int grid = config.grid();
        int patch = config.patchSize();
        int side = config.imageSize();
        float[] kernel = weights.apply("patch_embed.proj.weight");
        float[] bias = weights.apply("patch_embed.proj.bias");
        double[][] positions = resample(weights.apply("pos_embed"), config.tableGrid(), grid, config.width());
        double[][] x = new double[1 + grid * grid][config.width()];
        for (int out = 0; out < config.width(); out++) {
            x[0][out] = weights.apply("cls_token")[out] + positions[0][out];
            for (int token = 0; token < grid * grid; token++) {
                double sum = bias[out] + positions[1 + token][out];
                for (int channel = 0; channel < 3; channel++) {
                    for (int row = 0; row < patch; row++) {
                        for (int column = 0; column < patch; column++) {
                            int y = token / grid * patch + row;
                            int at = (channel * side + y) * side + token % grid * patch + column;
                            sum += pixels[at] * kernel[((out * 3 + channel) * patch + row) * patch + column];
                        }
                    }
                }
                x[1 + token][out] = sum;
            }
        }
        return x;
    }

    /**
     * A position table for another grid: cubic convolution with a = -0.75 over cell centres, the border repeated
     * (PyTorch's {@code interpolate} with {@code mode="bicubic"}, {@code align_corners=False}). Row 0 is CLS and is not
     * changed.
     */
    static double[][] resample(float[] table, int from, int to, int width) {
        double[][] rows = new double[1 + to * to][width];
        for (int i = 0; i < width; i++) {
            rows[0][i] = table[i];
            for (int y = 0; y < to; y++) {
                for (int x = 0; x < to; x++) {
                    rows[1 + y * to + x][i] = from == to
                            ? table[(1 + y * to + x) * width + i]
                            : interpolate(
                                    table, from, (y + 0.5) * from / to - 0.5, (x + 0.5) * from / to - 0.5, width, i);
                }
            }
        }
        return rows;
    }

    private static double interpolate(float[] table, int from, double y, double x, int width, int i) {
        double sum = 0;
        for (int row = (int) Math.floor(y) - 1; row <= Math.floor(y) + 2; row++) {
            for (int column = (int) Math.floor(x) - 1; column <= Math.floor(x) + 2; column++) {
                int inY = Math.min(Math.max(row, 0), from - 1);
                int inX = Math.min(Math.max(column, 0), from - 1);
                sum += cubic(y - row) * cubic(x - column) * table[(1 + inY * from + inX) * width + i];
            }
        }
        return sum;
    }

    private static double cubic(double distance) {
        double a = -0.75;
        double t = Math.abs(distance);
        if (t <= 1) {
            return (a + 2) * t * t * t - (a + 3) * t * t + 1;
        }
        return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
    }

    private double[][] attention(double[][] x, String name) {
        int width = config.width();
        double[] bias = new double[3 * width];
        for (int i = 0; i < width; i++) {
            bias[i] = weights.apply(name + ".q_bias")[i];
            bias[2 * width + i] = weights.apply(name + ".v_bias")[i];
        }
        double[][] qkv = linear(x, name + ".qkv.weight", bias);
        int headWidth = width / config.heads();
        double[][] joined = new double[x.length][width];
        for (int head = 0; head < config.heads(); head++) {
            int at = head * headWidth;
            for (int query = 0; query < x.length; query++) {
                double[] scores = new double[x.length];
                double total = 0;
                for (int key = 0; key < x.length; key++) {
                    double dot = 0;
                    for (int i = 0; i < headWidth; i++) {
                        dot += qkv[query][at + i] * qkv[key][width + at + i];
                    }
                    scores[key] = Math.exp(dot / Math.sqrt(headWidth));
                    total += scores[key];
                }
                for (int key = 0; key < x.length; key++) {
                    for (int i = 0; i < headWidth; i++) {
                        joined[query][at + i] += scores[key] / total * qkv[key][2 * width + at + i];
                    }
                }
            }
        }
        return linear(joined, name + ".proj.weight", bias(name + ".proj"));
    }

    private double[] bias(String name) {
        float[] stored = weights.apply(name + ".bias");
        double[] bias = new double[stored.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = stored[i];
        }
        return bias;
    }

    private double[][] linear(double[][] x, String matrix, double[] bias) {
        float[] weight = weights.apply(matrix);
        double[][] y = new double[x.length][bias.length];
        for (int row = 0; row < x.length; row++) {
            for (int out = 0; out < bias.length; out++) {
                double sum = bias[out];
                for (int in = 0; in < x[row].length; in++) {
                    sum += weight[out * x[row].length + in] * x[row][in];
                }
                y[row][out] = sum;
            }
        }
        return y;
    }

    private double[][] norm(double[][] x, String name) {
        float[] scale = weights.apply(name + ".weight");
        float[] shift = weights.apply(name + ".bias");
        double[][] y = new double[x.length][config.width()];
        for (int row = 0; row < x.length; row++) {
            double mean = java.util.Arrays.stream(x[row]).average().orElseThrow();
            double variance = java.util.Arrays.stream(x[row])
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < y[row].length; i++) {
                y[row][i] = (x[row][i] - mean) / Math.sqrt(variance + config.eps()) * scale[i] + shift[i];
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] y) {
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < x[row].length; i++) {
                x[row][i] += y[row][i];
            }
        }
    }

    /** Simpson's rule over the density. */
    static double erf(double x) {
        int steps = 400;
        double h = x / steps;
        double sum = 1 + Math.exp(-x * x);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-(i * h) * (i * h));
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }
}

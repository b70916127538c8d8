package dev.pargo.models.llm;

import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Llama-like decoder in plain loops and double precision, for one sequence, without a cache. */
final class ReferenceDecoder {

    private final DecoderConfig config;
    private final Checkpoint weights;
    private final DecoderFamily.Names names;

    ReferenceDecoder(DecoderConfig config, Checkpoint weights) {
        this.config = config;
        this.weights = weights;
        this.names = config.family().names();
    }

    /**
     * The result of a forward pass.
     *
     * @param attention [layers][heads][rows][rows]; 0 for rows that are not seen
     * @param logits    [rows][vocabulary]
     */
    record Pass(double[][][][] attention, double[][] logits) {

        /**
         * How much a row attends to itself and the rows before it: the mean of all heads of the layers from the given
         * one on.
         */
        double[] attention(int row, int from) {
            double[] mean = new double[row + 1];
            int heads = attention[0].length;
            for (int layer = from; layer < attention.length; layer++) {
                for (int head = 0; head < heads; head++) {
                    for (int seen = 0; seen <= row; seen++) {
                        mean[seen] += attention[layer][head][row][seen] / heads / (attention.length - from);
                    }
                }
            }
            return mean;
        }
    }

    /** Rows of the embedding table. */
    double[][] embed(List<Integer> ids) {
        double[][] table = matrix(names.embedding() + ".weight");
        return ids.stream().map(id -> table[id].clone()).toArray(double[][]::new);
    }

    /** @param rows embedded tokens, [rows][width] */
    Pass run(double[][] rows) {
        double[][] x = Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
        List<double[][][]> attention = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "model.layers.%d.".formatted(layer);
            double[][] normed = norm(name + names.attentionNorm(), x);
            double[][][] qkv = names.qkv().isEmpty() ? apart(name, normed) : fused(name, normed);
            double[][][] shares = probabilities(qkv[0], qkv[1]);
            attention.add(shares);
            add(x, linear(name + names.out(), mix(shares, qkv[2])));
            double[][] hidden = norm(name + names.ffnNorm(), x);
            double[][] gate = linear(name + names.gate(), hidden);
            double[][] up = linear(name + names.up(), hidden);
            for (int row = 0; row < gate.length; row++) {
                for (int i = 0; i < gate[row].length; i++) {
                    gate[row][i] = gate[row][i] / (1 + Math.exp(-gate[row][i])) * up[row][i];
                }
            }
            add(x, linear(name + names.down(), gate));
        }
        String output = config.tied() ? names.embedding() : names.output();
        return new Pass(attention.toArray(double[][][][]::new), linear(output, norm("model.norm", x)));
    }

    private double[][][] apart(String name, double[][] x) {
        return new double[][][] {linear(name + names.q(), x), linear(name + names.k(), x), linear(name + names.v(), x)};
    }

    /** For each key/value head its queries, its key and its value. */
    private double[][][] fused(String name, double[][] x) {
        double[][] all = linear(name + names.qkv(), x);
        int width = config.headWidth();
        int groups = config.groups();
        double[][][] parts = {
            new double[x.length][config.heads() * width],
            new double[x.length][config.kvHeads() * width],
            new double[x.length][config.kvHeads() * width]
        };
        for (int row = 0; row < x.length; row++) {
            for (int head = 0; head < config.kvHeads(); head++) {
                int at = head * (groups + 2) * width;
                System.arraycopy(all[row], at, parts[0][row], head * groups * width, groups * width);
                System.arraycopy(all[row], at + groups * width, parts[1][row], head * width, width);
                System.arraycopy(all[row], at + (groups + 1) * width, parts[2][row], head * width, width);
            }
        }
        return parts;
    }

    private double[][][] probabilities(double[][] queries, double[][] keys) {
        int width = config.headWidth();
        rotate(queries);
        rotate(keys);
        double[][][] shares = new double[config.heads()][queries.length][queries.length];
        for (int head = 0; head < config.heads(); head++) {
            int key = head / config.groups() * width;
            for (int row = 0; row < queries.length; row++) {
                double sum = 0;
                for (int seen = 0; seen <= row; seen++) {
                    double score = 0;
                    for (int i = 0; i < width; i++) {
                        score += queries[row][head * width + i] * keys[seen][key + i];
                    }
                    shares[head][row][seen] = Math.exp(score / Math.sqrt(width));
                    sum += shares[head][row][seen];
                }
                for (int seen = 0; seen <= row; seen++) {
                    shares[head][row][seen] /= sum;
                }
            }
        }
        return shares;
    }

    private void rotate(double[][] x) {
        int width = config.headWidth();
        double theta = config.attention().get(0).rope().theta();
        for (int row = 0; row < x.length; row++) {
            for (int head = 0; head < x[row].length; head += width) {
                for (int i = 0; i < width / 2; i++) {
                    double angle = row * Math.pow(theta, -2.0 * i / width);
                    double a = x[row][head + i];
                    double b = x[row][head + width / 2 + i];
                    x[row][head + i] = a * Math.cos(angle) - b * Math.sin(angle);
                    x[row][head + width / 2 + i] = b * Math.cos(angle) + a * Math.sin(angle);
                }
            }
        }
    }

    private double[][] mix(double[][][] shares, double[][] values) {
        int width = config.headWidth();
        double[][] mixed = new double[values.length][config.heads() * width];
        for (int head = 0; head < config.heads(); head++) {
            int value = head / config.groups() * width;
            for (int row = 0; row < values.length; row++) {
                for (int seen = 0; seen <= row; seen++) {
                    for (int i = 0; i < width; i++) {
                        mixed[row][head * width + i] += shares[head][row][seen] * values[seen][value + i];
                    }
                }
            }
        }
        return mixed;
    }

    private double[][] norm(String name, double[][] x) {
        float[] scale = Tolerance.floats(weights.read(name + ".weight"));
        double[][] normed = new double[x.length][];
        for (int row = 0; row < x.length; row++) {
            double squares = Arrays.stream(x[row]).map(value -> value * value).sum();
            double factor = 1 / Math.sqrt(squares / x[row].length + config.eps());
            normed[row] = new double[x[row].length];
            for (int i = 0; i < x[row].length; i++) {
                normed[row][i] = x[row][i] * factor * scale[i];
            }
        }
        return normed;
    }

    private double[][] linear(String name, double[][] x) {
        double[][] weight = matrix(name + ".weight");
        float[] bias = weights.tensors().containsKey(name + ".bias")
                ? Tolerance.floats(weights.read(name + ".bias"))
                : new float[weight.length];
        double[][] result = new double[x.length][weight.length];
        for (int row = 0; row < x.length; row++) {
            for (int out = 0; out < weight.length; out++) {
                double sum = bias[out];
                for (int in = 0; in < weight[out].length; in++) {
                    sum += weight[out][in] * x[row][in];
                }
                result[row][out] = sum;
            }
        }
        return result;
    }

    private static void add(double[][] x, double[][] y) {
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < x[row].length; i++) {
                x[row][i] += y[row][i];
            }
        }
    }

    private double[][] matrix(String name) {
        return matrix(weights.read(name));
    }

    static double[][] matrix(HostTensor tensor) {
        float[] values = Tolerance.floats(tensor);
        int width = (int) tensor.shape()[tensor.shape().length - 1];
        double[][] rows = new double[values.length / width][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }
}

package dev.pargo.models.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The cross-attention that a projector gives is the one of its forward pass. It is recomputed here in double precision from
 * the reference's own hidden states: the input of a layer, its self-attention, then the cross-attention's softmax.
 */
class CrossAttentionTest {

    private static final double TOLERANCE = 1e-5;

    @TestFactory
    Stream<DynamicTest> everyHeadEqualsTheRecomputedOne() {
        return cases().map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check(fixture, true)));
    }

    @TestFactory
    Stream<DynamicTest> oneGroupIsTheMeanOfAllHeads() {
        return cases().map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check(fixture, false)));
    }

    private static Stream<FixtureCase> cases() {
        return FixtureCase.discover("pargo").stream()
                .filter(fixture -> fixture.goldens().tensors().containsKey("hidden_0"));
    }

    private static void check(FixtureCase fixture, boolean eachHead) {
        ParGoConfig config = ParGoFixture.config(fixture);
        QueryLayout tokens = config.queryTokens().orElseThrow();
        Checkpoint checkpoint =
                FusionCheckpoint.open(fixture.file("/weights/fusion")).filter(name -> !name.startsWith("ln_vision"));
        HostTensor features = fixture.golden("image_embeds").get(0);
        int groups = eachHead ? config.heads() : 1;
        try (Projector projector = Projector.load(new StoredNetwork<>(config, checkpoint), Placement.REFERENCE)) {
            HostTensor got = projector.crossAttention(features, groups);
            assertThat(got.shape())
                    .containsExactly(tokens.crossLayers().size(), groups, tokens.count(), tokens.patches());
            float[] weights = Tolerance.floats(got);
            int at = 0;
            for (int layer : tokens.crossLayers()) {
                double[][][] heads = new Reference(checkpoint, config, layer)
                        .crossAttention(rows(fixture.golden("hidden_" + layer)), rows(features));
                for (int group = 0; group < groups; group++) {
                    for (int token = 0; token < tokens.count(); token++) {
                        double sum = 0;
                        for (int patch = 0; patch < tokens.patches(); patch++) {
                            double want = eachHead ? heads[group][token][patch] : mean(heads, token, patch);
                            assertThat((double) weights[at])
                                    .as("layer %d, group %d, token %d, patch %d", layer, group, token, patch)
                                    .isCloseTo(want, within(TOLERANCE));
                            sum += weights[at++];
                        }
                        assertThat(sum).isCloseTo(1, within(TOLERANCE));
                    }
                }
            }
        }
    }

    private static double mean(double[][][] heads, int token, int patch) {
        return Stream.of(heads)
                .mapToDouble(head -> head[token][patch])
                .average()
                .orElseThrow();
    }

    private static double[][] rows(HostTensor matrix) {
        int width = (int) matrix.shape()[matrix.shape().length - 1];
        float[] values = Tolerance.floats(matrix);
        double[][] rows = new double[values.length / width][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }

    /** One layer of the reference's BERT, in plain loops. */
    private record Reference(Checkpoint checkpoint, ParGoConfig config, int layer) {

        double[][][] crossAttention(double[][] hidden, double[][] features) {
            PartialGlobalMasks masks = new PartialGlobalMasks(config.partial(), config.queries() - config.partial());
            double[][] asking =
                    selfAttention(hidden, masks.selfAttention(config.radii().get(layer)));
            return probabilities("crossattention", asking, features, masks.crossAttention(config.patches()));
        }

        private double[][] selfAttention(double[][] hidden, boolean[] mask) {
            double[][][] heads = probabilities("attention", hidden, hidden, mask);
            double[][] values = linear("attention.self.value", hidden);
            int width = config.hidden() / config.heads();
            double[][] joined = new double[hidden.length][config.hidden()];
            for (int query = 0; query < hidden.length; query++) {
                for (int column = 0; column < config.hidden(); column++) {
                    for (int key = 0; key < hidden.length; key++) {
                        joined[query][column] += heads[column / width][query][key] * values[key][column];
                    }
                }
            }
            double[][] out = linear("attention.output.dense", joined);
            for (int query = 0; query < hidden.length; query++) {
                for (int column = 0; column < config.hidden(); column++) {
                    out[query][column] += hidden[query][column];
                }
            }
            return norm("attention.output.LayerNorm", out);
        }

        private double[][][] probabilities(String name, double[][] x, double[][] context, boolean[] mask) {
            double[][] queries = linear(name + ".self.query", x);
            double[][] keys = linear(name + ".self.key", context);
            int width = config.hidden() / config.heads();
            double[][][] heads = new double[config.heads()][x.length][context.length];
            for (int head = 0; head < heads.length; head++) {
                for (int query = 0; query < x.length; query++) {
                    double sum = 0;
                    for (int key = 0; key < context.length; key++) {
                        if (mask[query * context.length + key]) {
                            double score = 0;
                            for (int column = head * width; column < (head + 1) * width; column++) {
                                score += queries[query][column] * keys[key][column];
                            }
                            heads[head][query][key] = Math.exp(score / Math.sqrt(width));
                            sum += heads[head][query][key];
                        }
                    }
                    for (int key = 0; key < context.length; key++) {
                        heads[head][query][key] /= sum;
                    }
                }
            }
            return heads;
        }

        private double[][] linear(String name, double[][] x) {
            double[][] weight = rows(parameter(name + ".weight"));
            float[] bias = Tolerance.floats(parameter(name + ".bias"));
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

        private double[][] norm(String name, double[][] x) {
            float[] weight = Tolerance.floats(parameter(name + ".weight"));
            float[] bias = Tolerance.floats(parameter(name + ".bias"));
            double[][] result = new double[x.length][weight.length];
            for (int row = 0; row < x.length; row++) {
                double mean = Arrays.stream(x[row]).average().orElseThrow();
                double variance = Arrays.stream(x[row])
                        .map(value -> (value - mean) * (value - mean))
                        .average()
                        .orElseThrow();
                for (int column = 0; column < weight.length; column++) {
                    result[row][column] = (x[row][column] - mean) / Math.sqrt(variance + config.eps()) * weight[column]
                            + bias[column];
                }
            }
            return result;
        }

        private HostTensor parameter(String name) {
            return checkpoint.read("ParGo.bert.encoder.layer.%d.%s".formatted(layer, name));
        }
    }
}

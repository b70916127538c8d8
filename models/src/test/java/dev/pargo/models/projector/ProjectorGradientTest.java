package dev.pargo.models.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.network.GradientNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterSpec;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradient of every parameter against central differences of the loss, which is a random weighting of the visual tokens. */
class ProjectorGradientTest {

    private static final int PATCHES = 16;
    private static final int WIDTH = 8;
    private static final int LLM_WIDTH = 6;
    private static final float STEP = 0.01f;

    @TestFactory
    Stream<DynamicTest> gradientsEqualDifferencesOfTheLoss() {
        MlpConfig.Layer first = new MlpConfig.Layer("llm_proj.0", LLM_WIDTH);
        MlpConfig.Layer second = new MlpConfig.Layer("llm_proj.2", LLM_WIDTH);
        Map<String, PatchProjector> projectors = new LinkedHashMap<>();
        projectors.put("ParGo, released", queries(8, List.of(-1, -1)));
        projectors.put("ParGo, cascaded", queries(8, List.of(0, 2)));
        projectors.put("Q-Former", queries(0, List.of(-1, -1)));
        projectors.put("linear", new MlpConfig("linear", PATCHES, 4, WIDTH, List.of(first), 1e-5));
        projectors.put("MLP", new MlpConfig("mlp", PATCHES, 4, WIDTH, List.of(first, second), 1e-5));
        projectors.put("C-Abstractor", new CAbstractorConfig(PATCHES, 2, 1, WIDTH, 12, LLM_WIDTH, 1, 2, true));
        projectors.put("LDPv2", new LdpConfig(PATCHES, 2, WIDTH, LLM_WIDTH));
        return projectors.entrySet().stream()
                .map(projector -> DynamicTest.dynamicTest(projector.getKey(), () -> check(projector.getValue())));
    }

    private static ParGoConfig queries(int partial, List<Integer> radii) {
        return new ParGoConfig(10, partial, PATCHES, WIDTH, 12, 2, 3, 16, 1, 10, LLM_WIDTH, 1e-12, radii, 1e-5);
    }

    private static void check(PatchProjector config) {
        Random random = new Random(1);
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        for (ParameterSpec parameter : config.parameters()) {
            parameters.put(parameter.role(), normal(random, 0.5, parameter.shape()));
        }
        List<HostTensor> features = List.of(normal(random, 1, PATCHES, WIDTH), normal(random, 1, PATCHES, WIDTH));
        HostTensor weights = normal(random, 1, 2, config.outputTokens(), config.outputWidth());
        try (GradientNetwork network = new GradientNetwork(config, Placement.REFERENCE)) {
            Map<String, HostTensor> gradients = network.run(
                            "project", parameters, features, new long[0], output -> weights)
                    .gradients();
            assertThat(gradients.keySet()).isEqualTo(parameters.keySet());
            double norm = gradients.values().stream()
                    .mapToDouble(ProjectorGradientTest::norm)
                    .max()
                    .orElseThrow();
            gradients.forEach((role, gradient) -> {
                HostTensor direction = direction(random, gradient);
                double up = loss(network, moved(parameters, role, direction, STEP), features, weights);
                double down = loss(network, moved(parameters, role, direction, -STEP), features, weights);
                double want = dot(gradient, direction);
                assertThat((up - down) / (2 * STEP))
                        .as(role)
                        .isCloseTo(want, within(5e-3 * (norm(gradient) + 0.01 * norm)));
            });
        }
    }

    private static double loss(
            GradientNetwork network,
            Map<String, HostTensor> parameters,
            List<HostTensor> features,
            HostTensor weights) {
        return dot(
                network.run("project", parameters, features, new long[0], output -> weights)
                        .output(),
                weights);
    }

    /** A direction of length 1, half along the gradient and half random: both its length and each of its parts count. */
    private static HostTensor direction(Random random, HostTensor gradient) {
        HostTensor other = normal(random, 1, gradient.shape());
        double length = Math.max(norm(gradient), 1e-30);
        return combined(gradient, 0.5 / length, other, 0.5 / norm(other));
    }

    private static Map<String, HostTensor> moved(
            Map<String, HostTensor> parameters, String role, HostTensor direction, double step) {
        Map<String, HostTensor> moved = new LinkedHashMap<>(parameters);
        moved.put(role, combined(parameters.get(role), 1, direction, step));
        return moved;
    }

    private static HostTensor combined(HostTensor a, double x, HostTensor b, double y) {
        HostTensor sum = HostTensor.allocate(DType.FLOAT32, a.shape());
        for (int i = 0; i < a.elements(); i++) {
            floats(sum).put(i, (float) (x * floats(a).get(i) + y * floats(b).get(i)));
        }
        return sum;
    }

    private static HostTensor normal(Random random, double deviation, long... shape) {
        HostTensor tensor = HostTensor.allocate(DType.FLOAT32, shape);
        for (int i = 0; i < tensor.elements(); i++) {
            floats(tensor).put(i, (float) (deviation * random.nextGaussian()));
        }
        return tensor;
    }

    private static double norm(HostTensor a) {
        return Math.sqrt(dot(a, a));
    }

    private static double dot(HostTensor a, HostTensor b) {
        double sum = 0;
        for (int i = 0; i < a.elements(); i++) {
            sum += (double) floats(a).get(i) * floats(b).get(i);
        }
        return sum;
    }

    private static FloatBuffer floats(HostTensor tensor) {
        return tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
}

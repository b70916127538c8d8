package dev.pargo.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.fixture.GaussianWeights;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.ParameterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaGTest {

    private static final Tolerance TOLERANCE = new Tolerance(1e-5, 1e-5);

    @TempDir
    private Path directory;

    @Test
    void featuresEqualThoseOfAPlainImplementation() throws IOException {
        // A large eps, so that a norm without it is noticed.
        check(new EvaGConfig(28, 7, 24, 3, 2, 40, 1e-2, 4));
    }

    @Test
    void positionsAreResampledForImagesOfAnotherSize() throws IOException {
        check(new EvaGConfig(42, 7, 24, 2, 3, 40, 1e-6, 4));
        check(new EvaGConfig(21, 7, 24, 2, 3, 40, 1e-6, 4));
    }

    private void check(EvaGConfig config) throws IOException {
        GaussianWeights weights = new GaussianWeights(7).add("", config.parameters());
        PlainVit plain = new PlainVit(config, weights::values);
        List<HostTensor> images = List.of(image(config, 1), image(config, 2));
        try (VisionEncoder encoder = VisionEncoder.load(
                new StoredNetwork<>(config, weights.checkpoint(directory.resolve("eva_vit_g.safetensors"))),
                Placement.REFERENCE)) {
            HostTensor features = encoder.encode(images);
            assertThat(features.shape()).containsExactly(2, config.tokens(), config.width());
            for (int i = 0; i < images.size(); i++) {
                TOLERANCE.check(Tolerance.floats(features.get(i)), flat(plain.encode(Tolerance.floats(images.get(i)))));
            }
        }
    }

    private static HostTensor image(EvaGConfig config, long seed) {
        HostTensor image = HostTensor.allocate(DType.FLOAT32, 3, config.imageSize(), config.imageSize());
        Random random = new Random(seed);
        for (int i = 0; i < image.elements(); i++) {
            image.data().putFloat(i * Float.BYTES, (float) random.nextGaussian());
        }
        return image;
    }

    private static float[] flat(double[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return flat;
    }

    /** The released file has 40 blocks, of which BLIP-2 runs the first 39, and the head of a classifier. */
    @Test
    void leavesOutWhatStandsBehindTheLastBlock() throws IOException {
        EvaGConfig config = new EvaGConfig(28, 7, 24, 2, 2, 40, 1e-6, 4);
        EvaGConfig published = new EvaGConfig(28, 7, 24, 3, 2, 40, 1e-6, 4);
        List<ParameterSpec> parameters = new ArrayList<>(published.parameters());
        Stream.of("norm.weight", "norm.bias", "fc_norm.weight", "head.weight", "head.bias")
                .map(name -> new ParameterSpec(name, 24))
                .forEach(parameters::add);
        new StoredNetwork<>(
                        config,
                        new GaussianWeights(1)
                                .add("", parameters)
                                .checkpoint(directory.resolve("eva_vit_g.safetensors")))
                .check();
    }

    @Test
    void namesWhatIsMissingAndMisshaped() throws IOException {
        EvaGConfig config = new EvaGConfig(28, 7, 24, 2, 2, 40, 1e-6, 4);
        EvaGConfig narrower = new EvaGConfig(28, 7, 24, 1, 2, 32, 1e-6, 4);
        StoredNetwork<EvaGConfig> stored = new StoredNetwork<>(
                config,
                new GaussianWeights(1)
                        .add("", narrower.parameters())
                        .checkpoint(directory.resolve("eva_vit_g.safetensors")));
        assertThatThrownBy(() -> VisionEncoder.load(stored, Placement.REFERENCE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("eva_vit_g.safetensors")
                .hasMessageContaining("blocks.1.norm1.weight")
                .hasMessageContaining("blocks.0.mlp.fc1.weight is [32, 24], not [40, 24]");
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeWeightsTest {

    private static final Path FIXTURES = Path.of("src/test/fixtures");

    @TempDir
    Path directory;

    private PtNDManager manager;

    @BeforeEach
    void openManager() {
        manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "internlm2",
                "eva/EVA02_tiny.pt",
                "pargo_freq2/pargo.pt",
                "clip_llava/model.safetensors",
                "clip_llava/projector.safetensors"
            })
    void mapsEveryTensorWithTheBytesOfTheFile(String name) {
        Checkpoint checkpoint = Checkpoint.open(FIXTURES.resolve(name));
        // Each tensor in its own type: nothing may be copied.
        for (StoredTensor tensor : checkpoint.tensors().values()) {
            NativeWeights weights = NativeWeights.load(manager, checkpoint, List.of(spec(tensor)), tensor.dtype());

            assertThat(bytes(weights.arrays().get(tensor.name())))
                    .as(tensor.name())
                    .isEqualTo(checkpoint.read(tensor.name()).data());
            assertThat(weights.mappedBytes()).isEqualTo(tensor.bytes());
            assertThat(weights.privateBytes()).isZero();
        }
    }

    @Test
    void castsToFloat32AsJavaDoes() {
        Checkpoint checkpoint = Checkpoint.open(FIXTURES.resolve("eva/EVA02_tiny.pt"));
        NativeWeights weights = NativeWeights.load(manager, checkpoint, specs(checkpoint), DType.FLOAT32);

        checkpoint
                .tensors()
                .values()
                .forEach(tensor -> assertThat(floats(weights.arrays().get(tensor.name())))
                        .as(tensor.name())
                        .isEqualTo(Floats.of(checkpoint.read(tensor.name()))));
        assertThat(weights.privateBytes()).isPositive();
        assertThat(weights.mappedBytes()).isPositive();
    }

    private static ParameterSpec spec(StoredTensor tensor) {
        return new ParameterSpec(tensor.name(), tensor.shape());
    }

    private static List<ParameterSpec> specs(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream()
                .map(NativeWeightsTest::spec)
                .toList();
    }

    private static ByteBuffer bytes(PtNDArray array) {
        return array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(PtNDArray array) {
        return array.toFloatArray();
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.WeightFiles.Pickle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeWeightsTest {

    private static final Path MAPPINGS = Path.of("/proc/self/maps");

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
                "clip_llava/projector.safetensors",
                "pargo-mini/llm"
            })
    void mapsEveryTensorOfTheWantedTypeWithTheBytesOfTheFile(String name) {
        Checkpoint checkpoint = Checkpoint.open(Fixtures.path(name));
        for (StoredTensor tensor : checkpoint.tensors().values()) {
            NativeWeights weights = NativeWeights.load(manager, checkpoint, List.of(spec(tensor)), tensor.dtype());
            PtNDArray array = weights.arrays().get(tensor.name());

            assertThat(array.getShape().getShape()).isEqualTo(tensor.shape());
            assertThat(bytes(array))
                    .as(tensor.name())
                    .isEqualTo(checkpoint.read(tensor.name()).data());
            assertThat(weights.mappedBytes()).isEqualTo(tensor.bytes());
            assertThat(weights.privateBytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"internlm2", "eva/EVA02_tiny.pt", "pargo/pargo.pt"})
    void castsToFloat32AsJavaDoes(String name) {
        Checkpoint checkpoint = Checkpoint.open(Fixtures.path(name)).filter(key -> !key.endsWith("position_ids"));
        NativeWeights weights = NativeWeights.load(manager, checkpoint, specs(checkpoint), DType.FLOAT32);

        weights.arrays()
                .forEach((key, array) ->
                        assertThat(array.toFloatArray()).as(key).isEqualTo(Floats.of(checkpoint.read(key))));
    }

    @Test
    void castsToBfloat16AsJavaDoes() {
        Checkpoint checkpoint = Checkpoint.open(Fixtures.path("mlp/fusion.pt"));
        NativeWeights weights = NativeWeights.load(manager, checkpoint, specs(checkpoint), DType.BFLOAT16);

        weights.arrays()
                .forEach((key, array) ->
                        assertThat(shorts(array)).as(key).isEqualTo(bfloat16(Floats.of(checkpoint.read(key)))));
        assertThat(weights.mappedBytes()).isZero();
        assertThat(weights.privateBytes())
                .isEqualTo(checkpoint.tensors().values().stream()
                        .mapToLong(tensor -> 2 * tensor.elements())
                        .sum());
    }

    @Test
    void leavesIntegersAsTheyAre() {
        Checkpoint ids = Checkpoint.open(Fixtures.path("pargo/pargo.pt")).filter(key -> key.endsWith("position_ids"));
        NativeWeights weights = NativeWeights.load(manager, ids, specs(ids), DType.BFLOAT16);

        PtNDArray array = weights.arrays().values().iterator().next();
        assertThat(array.getDataType()).isEqualTo(DataType.INT64);
        assertThat(array.toLongArray()).startsWith(0, 1, 2, 3);
    }

    /** Old files do not pad their headers, so their tensors may begin at any byte. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT64", "INT64"})
    void copiesATensorThatTorchCannotAddress(DType dtype) throws IOException {
        String code = dtype.isFloatingPoint() ? dtype.name().replace("FLOAT", "F") : "I64";
        int elements = 300_001;
        int bytes = elements * dtype.bytes();
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            // Exponents stay below those of NaN, whose payload a conversion may change.
            data[i] = (byte) (i * 31 % 113);
        }
        String header =
                "{\"t\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(code, elements, bytes);
        String odd = header.length() % 2 == 0 ? header + " " : header;
        Checkpoint checkpoint = Checkpoint.open(WeightFiles.safetensors(directory.resolve("f"), odd, data));

        NativeWeights weights = NativeWeights.load(manager, checkpoint, specs(checkpoint), dtype);

        assertThat(bytes(weights.arrays().get("t"))).isEqualTo(ByteBuffer.wrap(data));
        assertThat(weights.mappedBytes()).isZero();
        assertThat(weights.privateBytes()).isEqualTo(bytes);
    }

    @Test
    void keepsTheStridesOfAStoredView() throws IOException {
        byte[] pickle = new Pickle()
                .op('}')
                .text("t")
                .tensor("FloatStorage", 7, 1, new long[] {2, 3}, new long[] {1, 2})
                .op('s')
                .stop();
        Checkpoint checkpoint = Checkpoint.open(
                WeightFiles.torch(directory.resolve("f"), pickle, WeightFiles.floats(0, 1, 2, 3, 4, 5, 6)));

        NativeWeights weights = NativeWeights.load(manager, checkpoint, specs(checkpoint), DType.FLOAT32);

        assertThat(weights.arrays().get("t").toFloatArray()).containsExactly(1, 3, 5, 2, 4, 6);
    }

    @Test
    void mergesTheAdapterInFloat32() {
        Checkpoint base = Checkpoint.open(Fixtures.path("internlm2"));
        Checkpoint fusion = FusionCheckpoint.open(Fixtures.path("internlm2/fusion_lora.pt"));
        LoraAdapter adapter = LoraAdapter.of(fusion, 16);

        NativeWeights weights = NativeWeights.load(manager, base, specs(base), DType.FLOAT32, adapter);

        for (int layer = 0; layer < 3; layer++) {
            String module = "model.layers.%d.attention.wqkv".formatted(layer);
            float[] merged = weights.arrays().get(module + ".weight").toFloatArray();
            assertThat(merged).containsExactly(merge(base, fusion, module), Offset.offset(1e-6f));
        }
        assertThat(weights.arrays().get("output.weight").toFloatArray())
                .isEqualTo(Floats.of(base.read("output.weight")));
    }

    /** W + 16/8 B A, each entry in double precision. */
    private static float[] merge(Checkpoint base, Checkpoint fusion, String module) {
        String prefix = "llm_model.base_model.model." + module;
        float[] w = Floats.of(base.read(module + ".weight"));
        float[] a = Floats.of(fusion.read(prefix + ".lora_A.default.weight"));
        float[] b = Floats.of(fusion.read(prefix + ".lora_B.default.weight"));
        int rank = 8;
        int in = a.length / rank;
        float[] merged = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            double product = 0;
            for (int r = 0; r < rank; r++) {
                product += (double) b[i / in * rank + r] * a[r * in + i % in];
            }
            merged[i] = (float) (w[i] + 2 * product);
        }
        return merged;
    }

    @Test
    void roundsTheMergedWeightOnce() {
        Checkpoint base = Checkpoint.open(Fixtures.path("internlm2"));
        LoraAdapter adapter = LoraAdapter.of(FusionCheckpoint.open(Fixtures.path("internlm2/fusion_lora.pt")), 16);
        String name = "model.layers.1.attention.wqkv.weight";

        NativeWeights exact = NativeWeights.load(manager, base, specs(base), DType.FLOAT32, adapter);
        NativeWeights rounded = NativeWeights.load(manager, base, specs(base), DType.BFLOAT16, adapter);

        assertThat(shorts(rounded.arrays().get(name)))
                .isEqualTo(bfloat16(exact.arrays().get(name).toFloatArray()));
        // All other tensors stay views of the file.
        assertThat(rounded.privateBytes()).isEqualTo(3 * base.get(name).bytes());
    }

    @Test
    void refusesAnAdapterForAnotherNetwork() {
        Checkpoint base = Checkpoint.open(Fixtures.path("internlm2"));
        Path fusion = Fixtures.path("internlm2/fusion_lora.pt");
        LoraAdapter adapter = LoraAdapter.of(FusionCheckpoint.open(fusion), 16);
        List<ParameterSpec> head = List.of(spec(base.get("output.weight")));

        RefusedFiles.assertRefused(
                () -> NativeWeights.load(manager, base, head, DType.FLOAT32, adapter),
                fusion,
                "adapter for model.layers.0.attention.wqkv.weight, which the network does not have");
    }

    @Test
    void refusesAnAdapterOfAnotherShape() {
        Path fusion = Fixtures.path("internlm2/fusion_lora.pt");
        LoraAdapter adapter =
                LoraAdapter.of(FusionCheckpoint.open(fusion).filter(name -> name.contains("layers.0.")), 16);
        Checkpoint other = Checkpoint.open(Fixtures.path("internlm2"))
                .filter("model.norm.weight"::equals)
                .rename(name -> "model.layers.0.attention.wqkv.weight");

        RefusedFiles.assertRefused(
                () -> NativeWeights.load(manager, other, specs(other), DType.FLOAT32, adapter),
                fusion,
                "adapter of model.layers.0.attention.wqkv.weight is for shape [128, 64], not [64]");
    }

    @Test
    void refusesAMissingParameter() {
        Checkpoint checkpoint = Checkpoint.open(Fixtures.path("mlp/fusion.pt"));
        List<ParameterSpec> parameters = List.of(new ParameterSpec("absent", 1));

        RefusedFiles.assertRefused(
                () -> NativeWeights.load(manager, checkpoint, parameters, DType.FLOAT32),
                Fixtures.path("mlp/fusion.pt"),
                "1 missing: absent");
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenAFileVanishes() throws IOException {
        Path file = Files.copy(Fixtures.path("mlp/fusion.pt"), directory.resolve("f"));
        Checkpoint checkpoint = Checkpoint.open(file);
        Files.delete(file);

        RefusedFiles.assertRefused(
                () -> NativeWeights.load(manager, checkpoint, specs(checkpoint), DType.FLOAT32),
                file,
                "cannot be mapped");
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void mapsAFileOnceWithoutSharingWritesUntilTheManagerCloses() throws IOException {
        assumeThat(MAPPINGS).as("the kernel's list of mappings").exists();
        Path file = Files.copy(Fixtures.path("eva/EVA02_tiny.pt"), directory.resolve("eva.pt"));
        Checkpoint checkpoint = Checkpoint.open(file).filter(key -> !key.contains("freqs"));
        PtNDManager own = manager.newSubManager(manager.getDevice());

        NativeWeights weights = NativeWeights.load(own, checkpoint, specs(checkpoint), DType.FLOAT16);

        assertThat(weights.arrays()).hasSizeGreaterThan(50);
        assertThat(mappings(file)).singleElement().asString().contains(" rw-p ");
        own.close();
        assertThat(mappings(file)).isEmpty();
    }

    private static List<String> mappings(Path file) throws IOException {
        try (var lines = Files.lines(MAPPINGS)) {
            return lines.filter(line -> line.endsWith(file.toString())).toList();
        }
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

    private static short[] shorts(PtNDArray array) {
        ByteBuffer bytes = bytes(array);
        short[] values = new short[bytes.remaining() / 2];
        bytes.asShortBuffer().get(values);
        return values;
    }

    private static short[] bfloat16(float[] values) {
        short[] rounded = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Floats.toBfloat16(values[i]);
        }
        return rounded;
    }
}

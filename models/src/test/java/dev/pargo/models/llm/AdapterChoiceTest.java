package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.ParameterSpec;
import dev.pargo.models.weights.SafetensorsWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of one step that use the base, and rows that use one adapter or another, are as if the adapter were merged. */
class AdapterChoiceTest {

    private static final Path MINI = Path.of("../bundle/pargo-mini");
    private static final Tolerance TOLERANCE = new Tolerance(2e-4, 2e-4);
    private static final int[] PROMPT = {5, 17, 100, 42, 7, 300, 11};

    /** How far logits point the same way as those of the merged adapter, whose weights are rounded after the merge. */
    private static final Map<Precision, Double> LEAST_COSINE =
            Map.of(Precision.BFLOAT16, 0.999, Precision.INT8, 0.99, Precision.INT4, 0.9);

    @TempDir
    private Path temporary;

    /** Fused queries, keys and values (InternLM2), separate ones with biases (Qwen2), separate ones with norms (Qwen3). */
    private static StoredNetwork<DecoderConfig> base(String name) {
        Path families = Path.of("src/test/families");
        return ModelBundle.read(
                        name.equals("pargo-mini")
                                ? MINI
                                : families.resolve(name).resolve("model"))
                .llm();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pargo-mini", "llava_qwen2_siglip", "qwen3_vl", "gemma3"})
    void rowsOfAStepAreAsIfTheirAdapterWereMerged(String name) throws IOException {
        StoredNetwork<DecoderConfig> base = base(name);
        List<LoraAdapter> adapters = adapters(base);
        List<float[]> merged = merged(base, adapters, Placement.REFERENCE);
        assertThat(Cosine.of(merged.get(1), merged.get(0))).isLessThan(0.99);
        assertThat(Cosine.of(merged.get(2), merged.get(1))).isLessThan(0.99);

        List<float[]> chosen = chosen(base.withChoices(adapters), Placement.REFERENCE);

        for (int i = 0; i < chosen.size(); i++) {
            TOLERANCE.check(chosen.get(i), merged.get(i % merged.size()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pargo-mini", "llava_qwen2_siglip"})
    void inLowerPrecisionsTheyPointTheSameWay(String name) throws IOException {
        StoredNetwork<DecoderConfig> base = base(name);
        List<LoraAdapter> adapters = adapters(base);
        List<float[]> merged = merged(base, adapters, Placement.REFERENCE);
        LEAST_COSINE.forEach((precision, least) -> {
            List<float[]> chosen = chosen(base.withChoices(adapters), new Placement(Device.cpu(), precision, true));
            for (int i = 0; i < chosen.size(); i++) {
                assertThat(Cosine.of(chosen.get(i), merged.get(i % merged.size())))
                        .as("%s, row %d", precision.label(), i)
                        .isGreaterThan(least);
            }
        });
    }

    /** The base, then each adapter: logits after the prompt and one more token. */
    private static List<float[]> merged(
            StoredNetwork<DecoderConfig> base, List<LoraAdapter> adapters, Placement placement) {
        List<float[]> all = new ArrayList<>();
        all.add(alone(base, placement));
        adapters.forEach(
                adapter -> all.add(alone(new StoredNetwork<>(base.config(), base.checkpoint(), adapter), placement)));
        return all;
    }

    private static float[] alone(StoredNetwork<DecoderConfig> stored, Placement placement) {
        try (CausalLm lm = CausalLm.load(stored, placement);
                PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(PROMPT)));
                Logits logits = lm.score(prompt)) {
            float[] all = logits.toArray();
            int vocabulary = stored.config().vocabulary();
            return Arrays.copyOfRange(all, all.length - vocabulary, all.length);
        }
    }

    /** Six sequences: base, first, second, base, first, second. All but the last token are read, then all decode together. */
    private static List<float[]> chosen(StoredNetwork<DecoderConfig> stored, Placement placement) {
        int sequences = 6;
        int read = PROMPT.length - 1;
        try (CausalLm lm = CausalLm.load(stored, placement);
                PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(Arrays.copyOf(PROMPT, read))));
                KvCache cache = lm.newCache(sequences)) {
            List<Step.Chunk> chunks = new ArrayList<>();
            List<Step.Tokens> tokens = new ArrayList<>();
            for (int i = 0; i < sequences; i++) {
                int adapter = i % 3 == 0 ? Step.BASE : i % 3 - 1;
                chunks.add(new Step.Chunk(new int[] {i}, prompt, 0, read, adapter));
                tokens.add(new Step.Tokens(new int[] {i}, read, PROMPT[read]).withAdapter(adapter));
            }
            lm.step(cache, new Step(chunks, List.of())).close();
            try (Logits logits = lm.step(cache, new Step(List.of(), tokens))) {
                int vocabulary = stored.config().vocabulary();
                float[] all = logits.toArray();
                List<float[]> rows = new ArrayList<>();
                for (int i = 0; i < sequences; i++) {
                    rows.add(Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary));
                }
                return rows;
            }
        }
    }

    /** One that changes every linear layer, and one that changes only some. */
    private List<LoraAdapter> adapters(StoredNetwork<DecoderConfig> base) throws IOException {
        return List.of(
                adapter(base, "all", ".*", 3, "{}"), adapter(base, "some", ".*(q_proj|wqkv|up_proj|w3)$", 5, "{}"));
    }

    private LoraAdapter adapter(
            StoredNetwork<DecoderConfig> base, String name, String modules, int rank, String settings)
            throws IOException {
        Path directory = Files.createDirectories(temporary.resolve(name));
        String config = """
                {"peft_type": "LORA", "r": %d, "lora_alpha": %d, "use_rslora": true}""".formatted(rank, 2 * rank);
        Files.writeString(
                directory.resolve("adapter_config.json"),
                settings.equals("{}") ? config : config.replaceFirst("\\}$", ", " + settings + "}"));
        List<WrittenTensor> tensors = new ArrayList<>();
        for (ParameterSpec parameter : base.config().parameters()) {
            String module = parameter.name().replaceFirst("\\.weight$", "");
            if (base.config().takesUpdates(parameter) && module.matches(modules)) {
                String lora = "base_model.model." + module + ".lora_";
                tensors.add(new WrittenTensor(
                        lora + "A.weight", DType.FLOAT32, rank, parameter.shape()[1]));
                tensors.add(new WrittenTensor(
                        lora + "B.weight", DType.FLOAT32, parameter.shape()[0], rank));
            }
        }
        Random random = new Random(name.hashCode());
        SafetensorsWriter.write(directory.resolve("adapter_model.safetensors"), tensors, (tensor, out) -> {
            ByteBuffer values =
                    ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                values.putFloat((float) (0.1 * random.nextGaussian()));
            }
            out.accept(values.flip());
        });
        return LoraAdapter.open(directory);
    }

    @Test
    void whatChangesTheBaseItselfCannotBeChosen() throws IOException {
        StoredNetwork<DecoderConfig> base = base("pargo-mini");
        LoraAdapter pissa = adapter(base, "pissa", ".*wqkv$", 2, "\"init_lora_weights\": \"pissa\"");

        assertThatThrownBy(() -> base.withChoices(List.of(pissa)).check())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("init_lora_weights is 'pissa', which changes the base; merge it");
    }

    @Test
    void adaptersToChooseFromChangeTheFingerprint() throws IOException {
        StoredNetwork<DecoderConfig> base = base("pargo-mini");

        assertThat(base.withChoices(adapters(base)).fingerprint()).isNotEqualTo(base.fingerprint());
    }
}

package dev.pargo.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.PublishedDecoder;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is written is read again as a model of its own, and computes the same. */
class LlmExportTest {

    private static final Path PARGO_MINI = Path.of("../bundle/pargo-mini");
    private static final Path FIXTURES = Path.of("src/test/fixtures");
    private static final List<PromptPart> PROMPT = List.of(new PromptPart.Tokens(new int[] {1, 17, 40, 5, 99, 3}));

    @TempDir
    private Path directory;

    @Test
    void pargoMiniIsWrittenAsALlamaThatComputesTheSame() {
        ModelBundle bundle = ModelBundle.read(PARGO_MINI);
        Path written = directory.resolve("llm");

        new LlmExport(bundle, null).write(written, bytes -> {});

        ModelBundle llama = ModelBundle.read(written);
        assertThat(llama.llm().config().network()).isEqualTo("llama");
        assertThat(llama.seesPictures()).isFalse();
        assertThat(logits(llama.llm())).isEqualTo(logits(bundle.llm()));
        assertThat(llama.tokenizer().encode("Where is the blue star?"))
                .isEqualTo(bundle.tokenizer().encode("Where is the blue star?"));
    }

    @Test
    void theConfigurationIsOneThatTransformersReads() throws Exception {
        new LlmExport(ModelBundle.read(PARGO_MINI), DType.FLOAT32).write(directory, bytes -> {});

        JsonNode config = JsonMapper.shared().readTree(Files.readAllBytes(directory.resolve("config.json")));
        assertThat(config.at("/architectures/0").asString()).isEqualTo("LlamaForCausalLM");
        assertThat(config.path("num_key_value_heads").asInt()).isEqualTo(2);
        assertThat(config.path("rope_theta").asDouble()).isEqualTo(10_000);
        assertThat(config.path("torch_dtype").asString()).isEqualTo("float32");
        assertThat(config.path("eos_token_id").path(0).asInt()).isEqualTo(2);
        JsonNode tokenizer =
                JsonMapper.shared().readTree(Files.readAllBytes(directory.resolve("tokenizer_config.json")));
        assertThat(tokenizer.path("tokenizer_class").asString()).isEqualTo("LlamaTokenizer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"internlm2", "llama", "llama3", "qwen2"})
    void decodersOfOtherFamiliesKeepTheirDimensionsAndTheirLogits(String name) {
        StoredNetwork<DecoderConfig> stored =
                ModelBundle.read(FIXTURES.resolve(name)).llm();
        Path written = directory.resolve("llm");

        new LlmExport(ModelBundle.read(FIXTURES.resolve(name)), DType.FLOAT32).write(written, bytes -> {});

        assertThat(logits(ModelBundle.read(written).llm())).isEqualTo(logits(stored));
    }

    @Test
    void theAdapterOfABundleIsMergedIn() throws Exception {
        Path manifest = directory.resolve("bundle.json");
        Path fixture = FIXTURES.resolve("internlm2").toAbsolutePath();
        Files.writeString(manifest, """
                {"name": "merged", "llm": {"dir": "%s", "lora": {"file": "%s", "alpha": 16}}}""".formatted(fixture, fixture.resolve("fusion_lora.pt")));
        ModelBundle bundle = ModelBundle.read(directory);
        Path written = directory.resolve("llm");

        new LlmExport(bundle, DType.FLOAT32).write(written, bytes -> {});

        float[] merged = logits(ModelBundle.read(written).llm());
        assertThat(merged).containsExactly(logits(bundle.llm()), Offset.offset(2e-4f));
        assertThat(merged).isNotEqualTo(logits(ModelBundle.read(fixture).llm()));
    }

    @Test
    void aDecoderWhosePositionsHaveThreeAxesIsRefused() throws Exception {
        Path config = directory.resolve("config.json");
        Files.writeString(config, """
                {"model_type":"qwen2_vl_text","rope_scaling":{"type":"mrope","mrope_section":[16,24,24]},
                 "hidden_size":256,"num_attention_heads":2,"num_key_value_heads":2}""");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new PublishedDecoder(DecoderConfig.read(directory)))
                .withMessageContaining("is not written as a directory of its own");
    }

    @Test
    void aDirectoryThatIsNotEmptyIsLeftAlone() throws Exception {
        Files.writeString(directory.resolve("notes.txt"), "mine");

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> new LlmExport(ModelBundle.read(PARGO_MINI), null).write(directory, bytes -> {}))
                .withMessageContaining("is not empty");
        assertThat(directory).isDirectoryContaining("glob:**notes.txt");
    }

    private static float[] logits(StoredNetwork<DecoderConfig> stored) {
        try (CausalLm lm = CausalLm.load(stored, Placement.REFERENCE);
                PromptEmbedding prompt = lm.embed(PROMPT);
                Logits logits = lm.score(prompt)) {
            return logits.toArray();
        }
    }
}

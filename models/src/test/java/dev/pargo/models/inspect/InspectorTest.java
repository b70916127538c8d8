package dev.pargo.models.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.family.FamilyCase;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.SafetensorsWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectorTest {

    private static final Path FIXTURES = Path.of("src/test/fixtures");
    private static final Path BUNDLE = Path.of("../bundle/pargo-mini");

    @TempDir
    private Path directory;

    @Test
    void showsHowABundleWritesAConversation() {
        PromptReport prompt = Inspector.inspect(BUNDLE).prompt();

        assertThat(prompt.origin()).isEqualTo("prompt.template of the manifest");
        assertThat(prompt.text())
                .startsWith("<s>A chat between")
                .endsWith("USER: <Img>[picture]</Img> What is this?\nASSISTANT: A dog.</s>"
                        + "USER: Which colour has it?\nASSISTANT: ");
        assertThat(prompt.tokens()).startsWith("1").contains("[80 visual tokens]");
        assertThat(new ReportText(Inspector.inspect(BUNDLE)).toString())
                .contains("prompt: prompt.template of the manifest\n  | <s>A chat", "\n  tokens: 1 ");
    }

    @Test
    void tellsTheNetworksOfABundle() {
        Report report = Inspector.inspect(BUNDLE);
        assertThat(report.kind()).isEqualTo("bundle 'pargo-mini'");
        assertThat(report.files()).isEqualTo(3);
        assertThat(report.bytes()).isEqualTo(6292925 + 4940207 + 9366632);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.networks())
                .extracting(NetworkReport::part, NetworkReport::network, NetworkReport::source)
                .containsExactly(
                        tuple("encoder", "eva02-clip", "vision.pt"),
                        tuple("projector", "pargo", "pargo.pt"),
                        tuple("llm", "internlm2", "llm/model.safetensors"));
        assertThat(report.networks().get(1).dimensions())
                .isEqualTo("144 features of width 192 -> 80 visual tokens of width 256 (72 partial, 8 global)");
    }

    @TestFactory
    Stream<DynamicTest> aPublishedModelOfAnyFamilyIsComplete() {
        return FamilyCase.models().stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                    Report report = Inspector.inspect(folder.resolve("model"));
                    assertThat(report.networks())
                            .extracting(NetworkReport::part)
                            .containsExactly("encoder", "projector", "llm");
                    assertThat(report.networks())
                            .allSatisfy(network -> assertThat(network.problem()).isNull());
                    assertThat(report.isComplete()).isTrue();
                }));
    }

    @Test
    void groupsTheTensorsOfLayers() {
        NetworkReport llm = Inspector.inspect(BUNDLE).networks().get(2);
        assertThat(llm.contents().groups())
                .contains(new TensorGroup(
                        "model.layers.{0-5}.attention.wqkv.weight",
                        6,
                        List.of(384L, 256L),
                        DType.BFLOAT16,
                        6 * 384 * 256,
                        6 * 384 * 256 * 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "eva/EVA02_tiny.pt; eva02-clip",
                "clip_llava/model.safetensors; clip",
                "clip_llava/projector.safetensors; llava-mlp",
                "pargo/pargo.pt; ParGo or Q-Former (its manifest tells)",
                "pargo_freq2/pargo.pt; ParGo or Q-Former (its manifest tells)",
                "linear/fusion.pt; linear",
                "linear/fusion_minigpt.pt; linear",
                "mlp/fusion.pt; mlp",
                "internlm2/fusion_lora.pt; lora",
                "llama/model.safetensors; llama or mistral",
                "qwen2/model.safetensors; qwen2",
                "internlm2/model-00001-of-00002.safetensors; internlm2"
            })
    void findsTheNetworkOfABareCheckpoint(String file, String network) {
        Report report = Inspector.inspect(FIXTURES.resolve(file));
        assertThat(report.networks()).extracting(NetworkReport::network).containsExactly(network);
        assertThat(report.isComplete()).isTrue();
    }

    @Test
    void findsAllThatAFusionCheckpointHolds() {
        Report report = Inspector.inspect(FIXTURES.resolve("e2e/pytorch_model.bin"));
        assertThat(report.networks())
                .extracting(NetworkReport::part)
                .containsExactly("encoder", "projector", "adapter");
        assertThat(report.networks().get(0).dimensions())
                .isEqualTo("336 x 336 pixels in patches of 14 -> 576 features of width 128");
        assertThat(report.networks().get(2).dimensions())
                .isEqualTo("3 updates of rank 8: llm_model.base_model.model.model.layers.{0-2}.attention.wqkv");
        assertThat(report.other().tensors()).isZero();
    }

    @Test
    void tensorsBesideANetworkAreListed() {
        Report report = Inspector.inspect(FIXTURES.resolve("eva/EVA02_tiny.pt"));
        assertThat(report.networks().get(0).unused()).isEqualTo(12);
        assertThat(report.other().groups()).extracting(TensorGroup::name).contains("logit_scale");
    }

    @ParameterizedTest
    @CsvSource({"internlm2, internlm2", "llama, llama", "llama3, llama", "qwen2, qwen2", "clip_llava, clip"})
    void tellsTheNetworkOfAPublishedDirectory(String fixture, String network) {
        Report report = Inspector.inspect(FIXTURES.resolve(fixture));
        assertThat(report.networks()).extracting(NetworkReport::network).containsExactly(network);
        assertThat(report.isComplete()).isTrue();
    }

    @Test
    void aDecoderWithATokenizerIsAModelThatAnswersTextOnly() {
        Report report = Inspector.inspect(Path.of("../bundle/pargo-mini/llm"));
        assertThat(report.kind()).isEqualTo("bundle 'llm', which answers text only");
        assertThat(report.networks()).extracting(NetworkReport::part).containsExactly("llm");
        assertThat(report.isComplete()).isTrue();
        assertThat(report.prompt().problem()).isNull();
        assertThat(report.prompt().text()).contains("What is this?").doesNotContain("[picture]");
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        Path llm = FIXTURES.resolve("internlm2");
        Files.copy(llm.resolve("config.json"), directory.resolve("config.json"));
        DecoderConfig config = DecoderConfig.read(llm);
        List<WrittenTensor> some = config.parameters().stream()
                .filter(parameter -> !parameter.name().endsWith("wo.weight"))
                .map(parameter -> new WrittenTensor(
                        parameter.name(),
                        DType.FLOAT16,
                        parameter.name().equals("output.weight") ? new long[] {7} : parameter.shape()))
                .toList();
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"),
                some,
                (tensor, out) -> out.accept(ByteBuffer.allocate((int) tensor.bytes())));
        Report report = Inspector.inspect(directory);
        assertThat(report.isComplete()).isFalse();
        assertThat(new ReportText(report).toString())
                .contains(
                        "  missing: model.layers.{0-2}.attention.wo.weight",
                        "  of another shape: output.weight is [7], not [128, 64]")
                .doesNotContain("complete");
    }

    @Test
    void tellsWhyAPartOfABundleCannotBeOpened() throws IOException {
        Files.writeString(
                directory.resolve("bundle.json"),
                Files.readString(BUNDLE.resolve("pargo-mini.json")).replace("vision.pt", "elsewhere.pt"));
        Files.copy(BUNDLE.resolve("pargo.pt"), directory.resolve("pargo.pt"));
        Report report = Inspector.inspect(directory);
        assertThat(report.networks()).extracting(NetworkReport::network).containsExactly("unknown", "pargo", "unknown");
        assertThat(report.networks().get(0).problem()).contains("elsewhere.pt");
        assertThat(report.isComplete()).isFalse();
    }

    @Test
    void tellsWhichStagesDoNotFit() throws IOException {
        Files.writeString(
                directory.resolve("bundle.json"),
                Files.readString(BUNDLE.resolve("pargo-mini.json"))
                        .replace(
                                "vision.pt",
                                BUNDLE.toRealPath().resolve("vision.pt").toString())
                        .replace(
                                "pargo.pt",
                                BUNDLE.toRealPath().resolve("pargo.pt").toString())
                        .replace(
                                "\"dir\": \"llm\"",
                                "\"dir\": \"%s\""
                                        .formatted(FIXTURES.toRealPath().resolve("llama"))));
        NetworkReport projector = Inspector.inspect(directory).networks().get(1);
        assertThat(projector.problem()).isEqualTo("the llm takes visual tokens of width 64");
    }

    @Test
    void aBundleWithoutTokenizerIsNotComplete() throws IOException {
        Files.createDirectory(directory.resolve("llm"));
        for (String file : List.of("vision.pt", "pargo.pt", "llm/config.json", "llm/model.safetensors")) {
            Files.copy(BUNDLE.resolve(file), directory.resolve(file));
        }
        Files.copy(BUNDLE.resolve("pargo-mini.json"), directory.resolve("bundle.json"));
        Report report = Inspector.inspect(directory);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.networks().get(2).problem()).isEqualTo("has none of tokenizer.model, tokenizer.json");
    }

    @Test
    void anUnknownCheckpointGetsTheKnownOnes() {
        Report report = Inspector.inspect(FIXTURES.resolve("eva/golden.safetensors"));
        assertThat(report.networks()).isEmpty();
        assertThat(report.isComplete()).isFalse();
        assertThat(new ReportText(report).toString())
                .contains("no known network; known are EVA-02-CLIP", "InternLM2", "features");
    }

    @Test
    void anUnknownModelTypeGetsTheKnownOnes() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Files.copy(FIXTURES.resolve("llama/model.safetensors"), directory.resolve("model.safetensors"));
        Report report = Inspector.inspect(directory);
        assertThat(report.networks().get(0).problem())
                .contains("unknown model_type 'bert'; known: internlm2, llama, qwen2, qwen3, mistral, gemma3_text");
        assertThat(report.other().tensors()).isPositive();
    }

    @Test
    void shapesThatContradictThemselvesAreSaid() {
        Path file = directory.resolve("odd.safetensors");
        List<WrittenTensor> odd = List.of(
                new WrittenTensor("visual.blocks.0.attn.inner_attn_ln.weight", DType.FLOAT32, 4),
                new WrittenTensor("visual.pos_embed", DType.FLOAT32, 1, 7, 4),
                new WrittenTensor("visual.patch_embed.proj.weight", DType.FLOAT32, 4, 3, 2, 2));
        SafetensorsWriter.write(file, odd, (tensor, out) -> out.accept(ByteBuffer.allocate((int) tensor.bytes())));
        assertThat(Inspector.inspect(file).networks())
                .singleElement()
                .extracting(NetworkReport::problem)
                .isEqualTo("7 positions are not those of CLS and a square");
    }

    @Test
    void aTensorOfAnotherRankIsNoDefect() {
        Path file = directory.resolve("odd.safetensors");
        List<WrittenTensor> odd = List.of(
                new WrittenTensor("model.layers.0.self_attn.q_proj.weight", DType.FLOAT32, 4),
                new WrittenTensor("llm_proj.weight", DType.FLOAT32, 4, 4),
                new WrittenTensor("ln_vision.weight", DType.FLOAT32, 8));
        SafetensorsWriter.write(file, odd, (tensor, out) -> out.accept(ByteBuffer.allocate((int) tensor.bytes())));
        assertThat(Inspector.inspect(file).networks())
                .extracting(NetworkReport::part, NetworkReport::isComplete)
                .containsExactly(tuple("projector", false), tuple("llm", false));
    }

    @Test
    void refusesWhatIsNoCheckpoint() throws IOException {
        Path file = Files.writeString(directory.resolve("notes.txt"), "nothing");
        assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> Inspector.inspect(file));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Inspector.inspect(directory))
                .withMessageContaining("neither a manifest");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Inspector.inspect(directory.resolve("absent")))
                .withMessageContaining("there is no model bundle");
    }
}

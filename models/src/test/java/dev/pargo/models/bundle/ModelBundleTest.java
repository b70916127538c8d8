package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.Written;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.ResizeMode;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.SiglipConfig;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {

    private static final Path MINI = Path.of("../bundle/pargo-mini");
    private static final Path FIXTURES = Path.of("src/test/fixtures").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void readsThisProjectsModel() {
        ModelBundle mini = ModelBundle.read(MINI);

        assertThat(mini.name()).isEqualTo("pargo-mini");
        assertThat(mini.vision().config().network()).isEqualTo("eva02-clip");
        assertThat(mini.vision().config().square().tokens()).isEqualTo(144);
        assertThat(mini.projector().config().network()).isEqualTo("pargo");
        assertThat(mini.projector().config().fixed().outputTokens()).isEqualTo(80);
        assertThat(mini.projector().config().outputWidth())
                .isEqualTo(mini.llm().config().width());
        assertThat(mini.preprocessing().mode()).isEqualTo(ResizeMode.EXPAND_TO_SQUARE);
        try (Tokenizer tokenizer = mini.tokenizer()) {
            PromptFormat format = mini.promptFormat(tokenizer);
            assertThat(Written.of(format, Dialogue.of(DialogueMessage.question("What is it?"))))
                    .startsWith("(<s>)A chat")
                    .endsWith("USER: <Img>[0]</Img> What is it?\nASSISTANT: ");
            assertThat(format.origin()).isEqualTo("prompt.template of the manifest");
        }
        assertThat(mini.maxNewTokens()).isEqualTo(60);
        assertThat(mini.revision())
                .isEqualTo(ModelBundle.read(MINI.resolve("pargo-mini.json")).revision());
        mini.vision().check();
        mini.projector().check();
        mini.llm().check();
    }

    @Test
    void preprocessingIsPartOfWhatABundleIs() throws IOException {
        Path path = LlavaDirectory.write(directory.resolve("llava-tiny"), false);
        ModelBundle before = ModelBundle.read(path);
        String fingerprint = before.visionFingerprint();
        String revision = before.revision();
        Path processor = path.resolve("preprocessor_config.json");

        Files.writeString(processor, Files.readString(processor).replace("[0.48145466,", "[0.48145467,"));
        assertThat(ModelBundle.read(path).visionFingerprint())
                .as("the same number in float32")
                .isEqualTo(fingerprint);

        Files.writeString(processor, Files.readString(processor).replace("[0.48145467,", "[0.5,"));
        assertThat(ModelBundle.read(path).visionFingerprint()).isNotEqualTo(fingerprint);
        assertThat(ModelBundle.read(path).revision()).isNotEqualTo(revision);
        assertThat(ModelBundle.read(path).vision().fingerprint())
                .as("of the weights")
                .isEqualTo(before.vision().fingerprint());
    }

    @Test
    void aLlavaDirectoryIsABundleByItself() throws IOException {
        ModelBundle llava = ModelBundle.read(LlavaDirectory.write(directory.resolve("llava-tiny"), false));

        assertThat(llava.name()).isEqualTo("llava-tiny");
        assertThat(llava.vision().config().network()).isEqualTo("clip");
        assertThat(llava.preprocessing().mode()).isEqualTo(ResizeMode.CENTER_CROP);
        assertThat(llava.preprocessing().size()).isEqualTo(28);
        assertThat(llava.llm().config().eos()).containsExactly(2);

        HostTensor image = HostTensor.allocate(DType.FLOAT32, 3, 28, 28);
        try (VisionEncoder encoder = VisionEncoder.load(llava.vision(), Placement.REFERENCE);
                Projector projector = Projector.load(llava.projector(), Placement.REFERENCE);
                CausalLm lm = CausalLm.load(llava.llm(), Placement.REFERENCE);
                Tokenizer tokenizer = llava.tokenizer()) {
            assertThat(Written.of(llava.promptFormat(tokenizer), Dialogue.of(DialogueMessage.question("What?"))))
                    .endsWith("USER: [0]\nWhat? ASSISTANT:");
            assertThat(llava.promptFormat(tokenizer).origin())
                    .isEqualTo("the format vicuna of the decoder's family, because there is no chat template");
            HostTensor features = encoder.encode(List.of(image)).get(0);
            HostTensor tokens = projector.project(List.of(features)).get(0);
            assertThat(tokens.shape()).containsExactly(16, 32);
            PromptPart text = new PromptPart.Tokens(tokenizer.encode("USER:"));
            try (PromptEmbedding prompt = lm.embed(List.of(text, new PromptPart.Visual(tokens)));
                    Logits logits = lm.score(prompt)) {
                assertThat(prompt.length()).isEqualTo(text.length() + 16);
                for (float logit : logits.toArray()) {
                    assertThat(logit).isFinite();
                }
            }
        }
    }

    @Test
    void newerNamesOfALlavaDirectoryMeanTheSameNetworks() throws IOException {
        ModelBundle older = ModelBundle.read(LlavaDirectory.write(directory.resolve("older"), false));
        ModelBundle newer = ModelBundle.read(LlavaDirectory.write(directory.resolve("newer"), true));

        assertThat(newer.vision().fingerprint()).isEqualTo(older.vision().fingerprint());
        assertThat(newer.projector().fingerprint()).isEqualTo(older.projector().fingerprint());
        assertThat(newer.llm().fingerprint()).isEqualTo(older.llm().fingerprint());
        newer.llm().check();
    }

    @Test
    void whatAPublishedConfigurationLeavesOutIsAsInItsClass() throws IOException {
        Path llava = LlavaDirectory.write(directory.resolve("llava-1.5-7b-hf"), false);
        // As published: only what differs from the classes' defaults.
        Files.writeString(llava.resolve("config.json"), """
                {"model_type": "llava", "vision_feature_layer": -2,
                 "text_config": {"model_type": "llama", "max_position_embeddings": 4096, "rms_norm_eps": 1e-05,
                   "vocab_size": 32064},
                 "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024, "image_size": 336,
                   "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14}}""");
        ModelBundle bundle = ModelBundle.read(llava);

        SquareTower vision = bundle.vision().config().square();
        assertThat(vision.tokens()).isEqualTo(576);
        assertThat(vision.parameters()).hasSize(5 + 23 * 16);
        assertThat(bundle.projector().config().fixed().outputTokens()).isEqualTo(576);
        assertThat(bundle.projector().config().outputWidth()).isEqualTo(4096);
        assertThat(bundle.llm().config().parameters()).hasSize(3 + 32 * 9);
        assertThat(bundle.llm().config().intermediate()).isEqualTo(11_008);
    }

    /** SmolVLM's published configuration names fewer fields than there are. */
    @Test
    void theTowerOfIdefics3HasDefaultsOfItsOwn() throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "idefics3", "text_config": {"model_type": "llama"},
                 "vision_config": {"model_type": "idefics3", "image_size": 384, "patch_size": 14}}""");
        Files.writeString(directory.resolve("model.safetensors"), "\u0002\0\0\0\0\0\0\0{}");

        assertThat(ModelBundle.read(directory).vision().config()).isInstanceOfSatisfying(SiglipConfig.class, tower -> {
            assertThat(tower.hidden()).isEqualTo(1152);
            assertThat(tower.heads()).isEqualTo(16);
            assertThat(tower.mlpHidden()).isEqualTo(3072);
        });
    }

    @Test
    void aPartMayBeADirectoryOfItsOwn() throws IOException {
        Path llava = LlavaDirectory.write(directory.resolve("llava-tiny"), false);
        ModelBundle bundle =
                ModelBundle.read(manifest("""
                {"name": "mixed", "vision": {"dir": "%s"}, "projector": {"dir": "llava-tiny"},
                 "llm": {"dir": "%s"}, "image": {"size": 84, "center_crop": true},
                 "prompt": {"template": "<ImageHere>{question}"}}""".formatted(FIXTURES.resolve("clip_llava"), FIXTURES.resolve("qwen2"))));

        assertThat(bundle.vision().config().square().tokens()).isEqualTo(36);
        assertThat(bundle.vision().config().square().tableGrid()).isEqualTo(4);
        assertThat(bundle.llm().config().network()).isEqualTo("qwen2");
        assertThat(bundle.projector().config().fixed().inputTokens()).isEqualTo(36);
        bundle.vision().check();
        bundle.llm().check();
        assertThat(llava).exists();
    }

    @Test
    void everyProjectorOfTheReferenceHasAType() throws IOException {
        ModelBundle linear = projector("{'type': 'linear', 'file': '%s/linear/fusion.pt', 'encoder_width': 128}");
        assertThat(linear.projector().config().fixed().outputTokens()).isEqualTo(4);
        linear.projector().check();

        ModelBundle mlp = projector("{'type': 'mlp', 'file': '%s/mlp/fusion.pt', 'encoder_width': 128}");
        assertThat(mlp.projector().config().network()).isEqualTo("mlp");
        mlp.projector().check();

        String sizes = "'num_query_token': 11, 'num_local_query_token': 8, 'encoder_width': 128, 'hidden_size': 64,"
                + "'num_hidden_layers': 3, 'num_attention_heads': 4, 'intermediate_size': 128,"
                + "'max_position_embeddings': 64, 'file': '%s/pargo/pargo.pt'";
        ModelBundle parGo = projector("{'type': 'ParGo', " + sizes + "}");
        assertThat(parGo.projector().config().network()).isEqualTo("pargo");
        parGo.projector().check();
        ModelBundle qFormer = projector("{'type': 'Q-Former', " + sizes + "}");
        assertThat(qFormer.projector().config().network()).isEqualTo("q-former");
        assertThat(qFormer.projector().config().outputWidth()).isEqualTo(96);
        qFormer.projector().check();
        assertThat(qFormer.projector().fingerprint())
                .isNotEqualTo(parGo.projector().fingerprint());
    }

    /** MiniGPT's layout drops the norm; it may come from a file of its own. */
    @Test
    void theNormBeforeTheProjectorMayHaveItsOwnFile() throws IOException {
        String section = "{'type': 'linear', 'file': '%s/linear/fusion_minigpt.pt', 'encoder_width': 128}";
        ModelBundle without = projector(section);
        assertThatThrownBy(() -> without.projector().check())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("ln_vision.weight");
        ModelBundle with = projector(section + ", 'ln_vision': {'file': '%s/eva/ln_vision.safetensors'}");
        with.projector().check();
        HostTensor features = HostTensor.allocate(DType.FLOAT32, 16, 128);
        try (Projector projector = Projector.load(with.projector(), Placement.REFERENCE)) {
            assertThat(Tolerance.floats(projector.project(List.of(features)))).hasSize(4 * 96);
        }
    }

    private ModelBundle projector(String section) {
        String json = "{'name': 'p', 'image': {'size': 56, 'patch_size': 14}, 'vision': {}, 'llm': {}, 'projector': "
                + section.replace("%s", FIXTURES.toString()) + "}";
        return ModelBundle.read(manifest(json.replace('\'', '"')));
    }

    /** A fusion checkpoint may have the tower that it was trained with, or not. */
    @Test
    void aTowerThatIsNotInTheFileIsOneClearLine() {
        ModelBundle bundle = ModelBundle.read(manifest("""
                {"name": "x", "projector": {}, "llm": {}, "image": {"size": 56, "patch_size": 14},
                 "vision": {"type": "EVAVisionTransformer", "file": "%s/pargo/pargo.pt", "prefix": "visual_encoder."}}""".formatted(FIXTURES)));

        assertThatThrownBy(bundle::vision)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vision.prefix is 'visual_encoder.', but no tensor of")
                .hasMessageContaining("pargo.pt is named so");
    }

    @Test
    void anUnknownArchitectureGetsAListOfTheKnown() throws IOException {
        assertThatThrownBy(() -> projector("{'type': 'perceiver', 'file': '%s/linear/fusion.pt'}")
                        .projector())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "bundle.json: unknown projector.type 'perceiver'; known: ParGo, Q-Former, linear");
        assertThatThrownBy(() ->
                        ModelBundle.read(manifest("""
                        {"name": "x", "projector": {}, "llm": {}, "image": {"size": 56, "patch_size": 14},
                         "vision": {"type": "ResNet", "file": "%s/eva/EVA02_tiny.pt"}}""".formatted(FIXTURES))).vision())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "unknown vision.type 'ResNet'; known: EVAVisionTransformer (EVA-02-CLIP), EVA_ViT");
        Path vision = Files.createDirectories(directory.resolve("siglip"));
        Files.writeString(vision.resolve("config.json"), "{\"model_type\": \"siglip\"}");
        Files.copy(FIXTURES.resolve("clip_llava/model.safetensors"), vision.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelBundle.read(
                                manifest(
                                        "{\"name\": \"x\", \"projector\": {}, \"llm\": {\"dir\": \"siglip\"}, \"vision\": {\"dir\": \"siglip\"}}"))
                        .vision())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown model_type 'siglip'; known: clip, clip_vision_model, llava");
        assertThatThrownBy(() -> ModelBundle.read(directory).llm())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "unknown model_type 'siglip'; known: internlm2, llama, qwen2, qwen3, mistral, gemma3_text");
        assertThatThrownBy(() -> ModelBundle.read(vision))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown model_type 'siglip'; known: llava, llava_next");
    }

    @Test
    void aLlavaThatReadsTheTowerOtherwiseIsRefused() throws IOException {
        Path llava = LlavaDirectory.write(directory.resolve("llava"), false);
        refuses(llava, "\"default\"", "\"cls\"", "vision_feature_select_strategy 'cls'");
        refuses(llava, "\"vision_feature_layer\": -2", "\"vision_feature_layer\": [-2, -5]", "feature layer -5");
        refuses(llava, "\"vision_feature_layer\": -2", "\"vision_feature_layer\": -9", "feature layer -9");
        refuses(
                llava,
                "\"projector_hidden_act\": \"gelu\"",
                "\"projector_hidden_act\": \"relu\"",
                "'relu'; known: gelu");
        refuses(llava, "clip_vision_model", "dinov2", "vision_config.model_type 'dinov2'");
        refuses(llava, "\"hidden_size\": 24", "\"hidden_size\": 25", "width 25 is not divisible by 2 heads");
        refuses(llava, "\"hidden_size\": 24", "\"hidden_size\": \"24\"", "vision_config.hidden_size is not a whole");
    }

    private void refuses(Path llava, String text, String replacement, String problem) throws IOException {
        Files.writeString(llava.resolve("config.json"), LlavaDirectory.CONFIG.replace(text, replacement));
        assertThatThrownBy(() -> ModelBundle.read(llava).projector())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(problem);
    }

    @Test
    void aProcessorForAnotherSizeThanTheTowersIsRefused() throws IOException {
        Path llava = LlavaDirectory.write(directory.resolve("llava"), false);
        Files.writeString(llava.resolve("preprocessor_config.json"), "{\"size\": 224}");
        assertThatThrownBy(() -> ModelBundle.read(llava).preprocessing())
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("preprocessor_config.json: size is 224, the vision encoder's is 28");
    }

    @Test
    void weightsThatDoNotFitAreRefusedByName() throws IOException {
        Path llava = LlavaDirectory.write(directory.resolve("llava"), false);
        Files.writeString(
                llava.resolve("config.json"),
                LlavaDirectory.CONFIG.replace("\"intermediate_size\": 48", "\"intermediate_size\": 40"));
        assertThatThrownBy(() -> VisionEncoder.load(ModelBundle.read(llava).vision(), Placement.REFERENCE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vision_model.encoder.layers.0.mlp.fc1.weight is [48, 24], not [40, 24]");
    }

    @Test
    void saysWhatAManifestLacks() {
        assertThatThrownBy(() -> ModelBundle.read(directory.resolve("nowhere")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no model bundle at");
        assertThatThrownBy(() -> ModelBundle.read(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("neither a manifest (bundle.json or");
        assertThatThrownBy(() -> ModelBundle.read(manifest("{\"name\": \"x\"}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("bundle.json: llm is missing");
        assertThatThrownBy(() -> ModelBundle.read(manifest("{\"name\": \"x\", ")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bundle.json is not valid JSON");
        assertThatThrownBy(
                        () -> projector("{'type': 'linear', 'file': 'lost.pt'}").projector())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bundle 'p' names")
                .hasMessageContaining("lost.pt, which is not there");
        assertThatThrownBy(() -> projector(
                                "{'type': 'linear', 'file': '%s/linear/fusion.pt', 'encoder_width': 128, 'visual_tokens_adjacent': 5}")
                        .projector())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("16 patches cannot be joined 5 at a time (visual_tokens_adjacent)");
    }

    private Path manifest(String json) {
        try {
            return Files.writeString(directory.resolve("bundle.json"), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A decoder's directory, and a manifest that names nothing else. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDecoderAloneAnswersTextOnly(boolean withManifest, @TempDir Path directory) throws IOException {
        Path decoder = Path.of("../bundle/pargo-mini/llm").toAbsolutePath().normalize();
        if (withManifest) {
            Files.writeString(
                    directory.resolve("bundle.json"),
                    "{\"name\": \"decoder\", \"llm\": {\"dir\": \"%s\"}}".formatted(decoder));
        }
        ModelBundle bundle = ModelBundle.read(withManifest ? directory : decoder);

        assertThat(bundle.seesPictures()).isFalse();
        bundle.llm().check();
        assertThat(bundle.revision()).isNotBlank();
        assertThatThrownBy(bundle::vision)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("answers text only: it has no vision encoder and no projector");
        assertThatThrownBy(bundle::projector).isInstanceOf(ConfigException.class);
        assertThatThrownBy(bundle::pictures).isInstanceOf(ConfigException.class);
    }

    @Test
    void aVisionEncoderWithoutAProjectorIsNoModel(@TempDir Path directory) throws IOException {
        Path manifest = directory.resolve("bundle.json");
        Files.writeString(manifest, "{\"name\": \"half\", \"llm\": {}, \"vision\": {}}");
        assertThatThrownBy(() -> ModelBundle.read(manifest))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("projector is missing");
    }
}

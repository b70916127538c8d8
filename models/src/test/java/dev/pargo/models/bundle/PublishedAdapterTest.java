package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.fixture.GaussianWeights;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters over a published model, and published models whose weights are quantised. */
class PublishedAdapterTest {

    @TempDir
    private Path directory;

    private Path llava;

    @BeforeEach
    void writeModel() throws IOException {
        llava = LlavaDirectory.write(directory.resolve("llava"), false);
    }

    /** The decoder's names in transformers 4 and 5, within the multimodal class and alone. */
    @ParameterizedTest
    @ValueSource(strings = {"language_model.model", "model.language_model", "model"})
    void anAdapterOfTheMultimodalClassIsMergedIntoTheDecoder(String decoder) throws IOException {
        StoredNetwork<DecoderConfig> llm = adapted(matrices(decoder + ".layers.1.self_attn.q_proj"));

        llm.check();
        assertThat(llm.adapter().updates("model.layers.1.self_attn.q_proj.weight"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"language_model.lm_head", "lm_head"})
    void aWholeTrainedLayerTakesTheBasesPlace(String name) throws IOException {
        GaussianWeights trained = matrices("model.layers.1.self_attn.q_proj")
                .put("base_model.model." + name + ".weight", new long[] {520, 32}, new float[520 * 32]);
        StoredNetwork<DecoderConfig> llm = adapted(trained);

        llm.check();
        assertThat(llm.checkpoint().get("lm_head.weight").file().getFileName())
                .hasToString("adapter_model.safetensors");
        assertThat(llm.fingerprint())
                .isNotEqualTo(
                        adapted(matrices("model.layers.1.self_attn.q_proj")).fingerprint());
    }

    @Test
    void anAdapterOfTheTowerIsRefused() throws IOException {
        StoredNetwork<DecoderConfig> llm =
                adapted(matrices("model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj"));

        assertThatThrownBy(llm::check)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("there is an adapter for model.vision_tower.vision_model.encoder.layers.0")
                .hasMessageContaining("which the network does not have");
    }

    @Test
    void aTrainedEmbeddingIsRefusedWhereTheOutputLayerIsTied() throws IOException {
        Files.writeString(
                llava.resolve("config.json"),
                LlavaDirectory.CONFIG
                        .replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true")
                        .replace("\"vocab_size\": 520}", "\"vocab_size\": 520, \"tie_word_embeddings\": true}"));
        GaussianWeights trained = matrices("model.layers.1.self_attn.q_proj")
                .put("base_model.model.model.embed_tokens.weight", new long[] {520, 32}, new float[520 * 32]);

        assertThatThrownBy(() -> adapted(trained))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lora holds an embedding of its own");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model_type\": \"llava\",  | fp8",
                "\"model_type\": \"llama\",  | awq",
            },
            quoteCharacter = '\'')
    void quantisedModelsAreRefusedByTheirMethod(String place, String method) throws IOException {
        Files.writeString(
                llava.resolve("config.json"),
                LlavaDirectory.CONFIG.replace(
                        place, place + " \"quantization_config\": {\"quant_method\": \"%s\"},".formatted(method)));

        assertThatThrownBy(() -> ModelBundle.read(llava).llm())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("quantization_config.quant_method is '%s'".formatted(method));
    }

    private static GaussianWeights matrices(String module) {
        String name = "base_model.model." + module;
        return new GaussianWeights(1)
                .put(name + ".lora_A.weight", new long[] {2, 32}, new float[2 * 32])
                .put(name + ".lora_B.weight", new long[] {32, 2}, new float[32 * 2]);
    }

    private StoredNetwork<DecoderConfig> adapted(GaussianWeights weights) throws IOException {
        Path adapter = Files.createDirectories(directory.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"r\": 2, \"lora_alpha\": 4}");
        weights.write(adapter.resolve("adapter_model.safetensors"));
        Files.writeString(directory.resolve("bundle.json"), """
                {"name": "x", "vision": {"dir": "llava"}, "projector": {"dir": "llava"},
                 "llm": {"dir": "llava", "lora": {"file": "adapter"}}}""");
        return ModelBundle.read(directory).llm();
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraAdapterTest {

    private static final String A = "{\"%s\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},";
    private static final String B = "\"%s\":{\"dtype\":\"F32\",\"shape\":[4,2],\"data_offsets\":[24,56]}}";
    private static final String CONFIG = "{\"r\":2,\"lora_alpha\":8,\"use_rslora\":false,\"rank_pattern\":{},"
            + "\"modules_to_save\":null,\"peft_type\":\"LORA\"}";

    @TempDir
    Path directory;

    @Test
    void readsTheAdapterOfAFusionCheckpointUnderTheBaseNames() {
        LoraAdapter adapter = LoraAdapter.of(FusionCheckpoint.open(Fixtures.path("e2e/pytorch_model.bin")), 16);

        assertThat(adapter.deltas())
                .containsOnlyKeys(
                        "model.layers.0.attention.wqkv.weight",
                        "model.layers.1.attention.wqkv.weight",
                        "model.layers.2.attention.wqkv.weight");
        adapter.deltas()
                .values()
                .forEach(delta ->
                        assertThat(delta.scale()).isEqualTo(16.0 / delta.a().shape()[0]));
    }

    @Test
    void findsNoAdapterWhereThereIsNone() {
        assertThat(LoraAdapter.of(FusionCheckpoint.open(Fixtures.path("pargo/pargo.pt")), 16)
                        .isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers.0.q_proj.lora_A.weight, base_model.model.model.layers.0.q_proj.lora_B.weight",
        "model.layers.0.q_proj.lora_A.default.weight, model.layers.0.q_proj.lora_B.default.weight"
    })
    void readsADirectoryOfPeft(String a, String b) throws Exception {
        write(CONFIG, a, b);

        LoraAdapter adapter = LoraAdapter.open(directory);

        assertThat(adapter.deltas()).containsOnlyKeys("model.layers.0.q_proj.weight");
        LoraAdapter.Delta delta = adapter.deltas().get("model.layers.0.q_proj.weight");
        assertThat(delta.scale()).isEqualTo(4);
        assertThat(delta.shape()).containsExactly(4, 3);
    }

    @Test
    void readsADirectoryWithATorchFile() throws Exception {
        Files.copy(Fixtures.path("internlm2/fusion_lora.pt"), directory.resolve("adapter_model.bin"));
        Files.writeString(directory.resolve("adapter_config.json"), "{\"r\":8,\"lora_alpha\":16}");

        assertThat(LoraAdapter.open(directory).deltas()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "x.lora_A.weight, y.lora_B.weight, without its lora_B",
        "x.lora_A.weight, x.lora_C.weight, unsupported adapter tensor x.lora_C.weight",
        "x.lora_A.weight, x.lora_magnitude_vector, unsupported adapter tensor x.lora_magnitude_vector",
        "x.lora_A.weight, x.lora_A.default.weight, two adapters for x",
        "x.lora_B.weight, x.lora_A.weight, does not fit its lora_B",
        "x.lora_A.weight, lm_head.weight, 1 unexpected: lm_head.weight"
    })
    void refusesMatricesThatAreNoPair(String a, String b, String problem) throws Exception {
        Path weights = write(CONFIG, a, b);
        Refusals.assertRefused(() -> LoraAdapter.open(directory), weights, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'r':2}                                        | lora_alpha is not a positive number",
                "{'r':0,'lora_alpha':8}                         | r is not a positive number",
                "{'r':'2','lora_alpha':8}                       | r is not a positive number",
                "{'r':3,'lora_alpha':8}                         | r is 3, but x.weight has 2",
                "{'r':2,'lora_alpha':8,'use_rslora':true}       | use_rslora is not supported",
                "{'r':2,'lora_alpha':8,'use_dora':true}         | use_dora is not supported",
                "{'r':2,'lora_alpha':8,'rank_pattern':{'x':4}}  | rank_pattern is not supported",
                "{'r':2,'lora_alpha':8,'modules_to_save':['x']} | modules_to_save is not supported",
                "[]                                             | not a JSON object"
            },
            quoteCharacter = '"')
    void refusesAConfigurationThatMeansSomethingElse(String json, String problem) throws Exception {
        write(json.replace('\'', '"'), "x.lora_A.weight", "x.lora_B.weight");
        Refusals.assertRefused(() -> LoraAdapter.open(directory), directory.resolve("adapter_config.json"), problem);
    }

    @Test
    void refusesAnAdapterWithoutMatrices() throws Exception {
        write(CONFIG, "x.lora_A.weight", "x.lora_B.weight");
        WeightFiles.safetensors(directory.resolve("adapter_model.safetensors"), "{}", new byte[0]);
        Refusals.assertRefused(() -> LoraAdapter.open(directory), directory, "holds no adapter");
    }

    @Test
    void refusesADirectoryWithoutAnAdapter() {
        Refusals.assertRefused(
                () -> LoraAdapter.open(directory), directory.resolve("adapter_config.json"), "does not exist");
    }

    private Path write(String configuration, String a, String b) throws Exception {
        Files.writeString(directory.resolve("adapter_config.json"), configuration);
        return WeightFiles.safetensors(
                directory.resolve("adapter_model.safetensors"), A.formatted(a) + B.formatted(b), new byte[56]);
    }
}

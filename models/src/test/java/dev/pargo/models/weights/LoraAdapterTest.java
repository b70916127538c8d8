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
        "x.lora_embedding_A, x.lora_embedding_B, unsupported adapter tensor x.lora_embedding_A",
        "x.lora_A.weight, x.lora_magnitude_vector, without its lora_B",
        "x.lora_A.weight, x.lora_A.default.weight, two adapters for x",
        "x.lora_B.weight, x.lora_A.weight, does not fit its lora_B",
        "x.lora_A.weight, lm_head.weight, without its lora_B"
    })
    void refusesMatricesThatAreNoPair(String a, String b, String problem) throws Exception {
        Path weights = write(CONFIG, a, b);
        RefusedFiles.assertRefused(() -> LoraAdapter.open(directory), weights, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'r':2}                                        | lora_alpha is not a positive number",
                "{'r':0,'lora_alpha':8}                         | r is not a positive number",
                "{'r':'2','lora_alpha':8}                       | r is not a positive number",
                "{'r':2,'lora_alpha':8,'modules_to_save':['lm_head']} | modules_to_save has lm_head, the weights do not",
                "{'r':2,'lora_alpha':8,'rank_pattern':{'(':4}} | rank_pattern: '(' is not a regular expression",
                "{'r':2,'lora_alpha':8,'rank_pattern':{'y':0}} | rank_pattern of y is not a positive number",
                "{'r':2,'lora_alpha':8,'fan_in_fan_out':true}   | fan_in_fan_out is not supported",
                "{'r':2,'lora_alpha':8,'lora_bias':true}        | lora_bias is not supported",
                "{'r':2,'lora_alpha':8,'bias':'all'}            | bias is not supported",
                "{'r':2,'lora_alpha':8,'alora_invocation_tokens':[1]}  | alora_invocation_tokens is not supported",
                "{'r':2,'lora_alpha':8,'trainable_token_indices':[1]}  | trainable_token_indices is not supported",
                "{'r':2,'lora_alpha':8,'layer_replication':[[0,1]]}    | layer_replication is not supported",
                "{'r':2,'lora_alpha':8,'use_something_new':true}       | use_something_new is not supported",
                "{'r':2,'lora_alpha':8,'init_lora_weights':'loftq'}    | init_lora_weights is 'loftq', which is not supported",
                "{'r':2,'lora_alpha':8,'init_lora_weights':'corda'}    | init_lora_weights is 'corda', which is not supported",
                "{'r':2,'lora_alpha':8,'init_lora_weights':'pissa_niter_4'} | init_lora_weights is 'pissa_niter_4', which",
                "{'r':2,'alpha':8,'peft_type':'LOHA'}           | peft_type is LOHA; only LORA can be merged",
                "{'peft_type':'IA3'}                            | peft_type is IA3; only LORA can be merged",
                "[]                                             | not a JSON object"
            },
            quoteCharacter = '"')
    void refusesAConfigurationThatMeansSomethingElse(String json, String problem) throws Exception {
        write(json.replace('\'', '"'), "x.lora_A.weight", "x.lora_B.weight");
        RefusedFiles.assertRefused(
                () -> LoraAdapter.open(directory), directory.resolve("adapter_config.json"), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'r':3,'lora_alpha':8}                         | x.lora_A.weight has r 2; its adapter_config.json says 3",
                "{'r':2,'lora_alpha':8,'rank_pattern':{'x':4}}  | x.lora_A.weight has r 2; its adapter_config.json says 4",
                "{'r':2,'lora_alpha':8,'use_dora':true}         | use_dora is true, but x has no lora_magnitude_vector"
            },
            quoteCharacter = '"')
    void refusesMatricesThatTheConfigurationContradicts(String json, String problem) throws Exception {
        Path weights = write(json.replace('\'', '"'), "x.lora_A.weight", "x.lora_B.weight");
        RefusedFiles.assertRefused(() -> LoraAdapter.open(directory), weights, problem);
    }

    /** A regular expression for the whole name or for its end after a dot, as in PEFT. */
    @ParameterizedTest
    @CsvSource({"q_proj, 5", "proj, 4", "self_attn.q_proj, 5", "layers\\\\.[0-3]\\\\..*, 5", "^q_proj, 4", "layers, 4"})
    void matchesPatternsAsPeftDoes(String pattern, double scale) throws Exception {
        write(
                "{\"r\":2,\"lora_alpha\":8,\"alpha_pattern\":{\"%s\":10}}".formatted(pattern),
                "model.layers.1.self_attn.q_proj.lora_A.weight",
                "model.layers.1.self_attn.q_proj.lora_B.weight");

        assertThat(LoraAdapter.open(directory).deltas().values())
                .singleElement()
                .satisfies(delta -> assertThat(delta.scale()).isEqualTo(scale));
    }

    @Test
    void refusesAnAdapterWithoutMatrices() throws Exception {
        write(CONFIG, "x.lora_A.weight", "x.lora_B.weight");
        WeightFiles.safetensors(directory.resolve("adapter_model.safetensors"), "{}", new byte[0]);
        RefusedFiles.assertRefused(() -> LoraAdapter.open(directory), directory, "holds no adapter");
    }

    @Test
    void refusesADirectoryWithoutAnAdapter() {
        RefusedFiles.assertRefused(
                () -> LoraAdapter.open(directory), directory.resolve("adapter_config.json"), "does not exist");
    }

    private Path write(String configuration, String a, String b) throws Exception {
        Files.writeString(directory.resolve("adapter_config.json"), configuration);
        return WeightFiles.safetensors(
                directory.resolve("adapter_model.safetensors"), A.formatted(a) + B.formatted(b), new byte[56]);
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.weights.WeightFiles.Pickle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusionCheckpointTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pargo.pt", "pytorch_model.bin", "minigpt_model_layout.pt", "epoch=1-step=10.ckpt"})
    void givesTheSameTensorsFromEveryLayoutWhateverTheFileIsCalled(String name) throws Exception {
        Checkpoint plain = Checkpoint.open(Fixtures.path("pargo/pargo.pt"));
        Path renamed = Files.copy(Fixtures.path("pargo").resolve(name), directory.resolve("weights"));

        Checkpoint fusion = FusionCheckpoint.open(renamed);

        assertThat(fusion.tensors()).isNotEmpty();
        fusion.tensors().forEach((key, tensor) -> {
            assertThat(tensor.shape()).as(key).isEqualTo(plain.get(key).shape());
            assertThat(fusion.read(key).data())
                    .as(key)
                    .isEqualTo(plain.read(key).data());
        });
    }

    @Test
    void takesEverythingFromAPlainAndADeepSpeedFile() {
        Checkpoint plain = FusionCheckpoint.open(Fixtures.path("pargo/pargo.pt"));

        assertThat(plain.tensors()).hasSize(87);
        assertThat(FusionCheckpoint.open(Fixtures.path("pargo/pytorch_model.bin"))
                        .tensors())
                .containsOnlyKeys(plain.tensors().keySet());
    }

    @Test
    void takesOnlyTheRenamedProjectionFromAMiniGptFile() {
        assertThat(FusionCheckpoint.open(Fixtures.path("pargo/minigpt_model_layout.pt"))
                        .tensors())
                .containsOnlyKeys("llm_proj.weight", "llm_proj.bias");
        assertThat(FusionCheckpoint.open(Fixtures.path("linear/fusion_minigpt.pt"))
                        .tensors())
                .containsOnlyKeys("llm_proj.weight", "llm_proj.bias");
    }

    @Test
    void takesTheStateOfALightningFile() {
        assertThat(FusionCheckpoint.open(Fixtures.path("pargo/epoch=1-step=10.ckpt"))
                        .tensors())
                .containsOnlyKeys("query_tokens", "llm_proj.weight", "llm_proj.bias");
    }

    @Test
    void takesAModelWithoutLlamaAsItIs() throws Exception {
        byte[] pickle = new Pickle()
                .op('}')
                .text("model")
                .op('}')
                .text("module.submodule.weight")
                .tensor("FloatStorage", 1, 0, new long[] {1}, new long[] {1})
                .op('s', 's')
                .stop();
        Path file = WeightFiles.torch(directory.resolve("f"), pickle, new byte[4]);

        assertThat(FusionCheckpoint.open(file).tensors()).containsOnlyKeys("submodule.weight");
    }

    @Test
    void takesSafetensorsAndDirectories() throws Exception {
        String header = "{\"module.a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        Path file = WeightFiles.safetensors(directory.resolve("model.safetensors"), header, new byte[4]);

        assertThat(FusionCheckpoint.open(file).tensors()).containsOnlyKeys("a");
        assertThat(FusionCheckpoint.open(directory).tensors()).containsOnlyKeys("a");
    }

    @Test
    void refusesWhatACheckpointRefuses() {
        Path file = directory.resolve("absent.pt");
        RefusedFiles.assertRefused(() -> FusionCheckpoint.open(file), file, "does not exist");
    }
}

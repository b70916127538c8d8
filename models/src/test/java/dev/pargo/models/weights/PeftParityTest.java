package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters written by PEFT, against the weights after PEFT has loaded and merged them. */
class PeftParityTest {

    private static final Path DIRECTORY = Fixtures.path("lora");
    private static final Checkpoint BASE = Checkpoint.open(DIRECTORY.resolve("base.safetensors"));
    private static final List<ParameterSpec> PARAMETERS = BASE.tensors().values().stream()
            .map(tensor -> new ParameterSpec(tensor.name(), tensor.shape()))
            .toList();

    @ParameterizedTest
    @ValueSource(strings = {"plain", "rslora", "patterns", "saved", "dora", "pissa", "olora", "together"})
    void mergesAsPeftDoes(String name) {
        LoraAdapter adapter = LoraAdapter.open(DIRECTORY.resolve(name));
        Checkpoint merged = Checkpoint.open(DIRECTORY.resolve(name).resolve("merged.safetensors"));

        try (PtNDManager manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager()) {
            NativeWeights weights =
                    NativeWeights.load(manager, BASE.overlaid(adapter.saved()), PARAMETERS, DType.FLOAT32, adapter);

            assertThat(weights.arrays()).containsOnlyKeys(merged.tensors().keySet());
            weights.arrays()
                    .forEach((key, array) -> assertThat(array.toFloatArray())
                            .as(key)
                            .containsExactly(Floats.of(merged.read(key)), Offset.offset(2e-6f)));
        }
    }

    @Test
    void whatChangesTheMergedWeightsChangesTheFingerprint() {
        assertThat(List.of("plain", "rslora", "patterns", "dora", "pissa", "olora").stream()
                        .map(name -> new Fingerprint()
                                .add(LoraAdapter.open(DIRECTORY.resolve(name)))
                                .hex()))
                .doesNotHaveDuplicates();
    }

    @Test
    void namesAreThoseOfTheNetworkThatTheyAreRenamedTo() {
        LoraAdapter adapter = LoraAdapter.open(DIRECTORY.resolve("saved")).rename(name -> "x." + name);

        assertThat(adapter.updates("x.model.layers.0.self_attn.q_proj.weight")).isTrue();
        assertThat(adapter.saved().tensors()).containsOnlyKeys("x.lm_head.weight");
        RefusedFiles.assertRefused(
                () -> adapter.rename(name -> "same"), DIRECTORY.resolve("saved"), "two adapters for same");
    }
}

package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.FloatCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the weights after PEFT has merged its adapters. */
class MergedRowsTest {

    private static final Path DIRECTORY = Fixtures.path("lora");
    private static final Checkpoint BASE = Checkpoint.open(DIRECTORY.resolve("base.safetensors"));

    @ParameterizedTest
    @ValueSource(strings = {"plain", "rslora", "patterns", "saved"})
    void rowsAreThoseThatPeftMerges(String name) {
        LoraAdapter adapter = LoraAdapter.open(DIRECTORY.resolve(name));
        Checkpoint merged = Checkpoint.open(DIRECTORY.resolve(name).resolve("merged.safetensors"));
        Checkpoint base = BASE.overlaid(adapter.saved());

        for (StoredTensor tensor : base.tensors().values()) {
            int rows = tensor.shape().length == 1 ? 1 : (int) tensor.shape()[0];
            assertThat(values(new MergedRows(base, adapter, tensor.name()), rows))
                    .as(tensor.name())
                    .containsExactly(Floats.of(merged.read(tensor.name())), Offset.offset(2e-6f));
        }
    }

    @Test
    void kindsThatChangeTheBaseAreRefused() {
        for (String name : List.of("dora", "pissa", "olora")) {
            LoraAdapter adapter = LoraAdapter.open(DIRECTORY.resolve(name));
            RefusedFiles.assertRefused(
                    adapter::requireAddition, DIRECTORY.resolve(name), "the adapter is not merged here, because");
        }
    }

    private static float[] values(MergedRows rows, int count) {
        List<Float> values = new ArrayList<>();
        rows.write(0, count, DType.FLOAT32, bytes -> {
            for (float value : FloatCodec.read(bytes, DType.FLOAT32)) {
                values.add(value);
            }
        });
        float[] all = new float[values.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = values.get(i);
        }
        return all;
    }
}

package dev.pargo.models.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.Device;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.SparseCheckpoint;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.PlacementException;
import dev.pargo.models.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A decoder of 7 billion parameters in bfloat16, whose file takes no space on the disk, and the project's small
 * decoder.
 */
class PlacementChoiceTest {

    private static final long GB = 1_000_000_000;

    private static final StoredNetwork<?> SMALL =
            ModelBundle.read(Path.of("../bundle/pargo-mini")).llm();

    private static StoredNetwork<DecoderConfig> large;

    @BeforeAll
    static void writeHeaders(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
                 "intermediate_size": 11008, "vocab_size": 32000, "max_position_embeddings": 4096}""");
        DecoderConfig config = DecoderConfig.read(directory);
        large = new StoredNetwork<>(config, SparseCheckpoint.write(directory, config.parameters(), DType.BFLOAT16));
    }

    @ParameterizedTest
    @CsvSource({
        // Memory in GB, native bfloat16: what is chosen.
        "64, true, BFLOAT16",
        "64, false, FLOAT32",
        "24, false, BFLOAT16",
        "16, true, INT8",
        "12, true, INT8",
        "10, true, INT4",
    })
    void autoTakesTheBestThatFits(long memory, boolean nativeBfloat16, Precision chosen) {
        PlacementChoice choice = candidates(large, memory, nativeBfloat16).choose("auto", true);

        assertThat(choice.placement().precision()).isEqualTo(chosen);
    }

    @Test
    void autoSaysWhatDidNotFit() {
        assertThat(candidates(large, 12, true).choose("auto", true).reason())
                .matches("bfloat16 would need 1\\d\\.\\d GB of memory, the machine has 12\\.0 GB");
    }

    @Test
    void aSmallNetworkStaysInFloat32() {
        PlacementChoice choice = candidates(SMALL, 8, true).choose("auto", true);

        assertThat(choice.placement().precision()).isEqualTo(Precision.FLOAT32);
        assertThat(choice.reason()).isEqualTo("small enough for the reference's arithmetic");
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWould() {
        assertThatExceptionOfType(MemoryException.class)
                .isThrownBy(() -> candidates(large, 24, false).choose("float32", true))
                .withMessageMatching(
                        "llama needs 3\\d\\.\\d GB of memory in float32 \\(weights 27\\.0 GB, KV cache 4\\.\\d GB,"
                                + " activations \\d+ MB, Java and libtorch .*\\), but the machine has 24\\.0 GB available;"
                                + " would fit: bfloat16 with 1\\d\\.\\d GB, int8 with .* GB, int4 with .* GB");
    }

    @Test
    void aSmallerKvCacheIsProposedWhereItIsEnough() {
        assertThatExceptionOfType(MemoryException.class)
                .isThrownBy(() -> candidates(large, 30, false).choose("float32", true))
                .withMessageContaining("a KV cache of ");
    }

    @Test
    void whereNothingFitsTheSmallestIsNamed() {
        assertThatExceptionOfType(MemoryException.class)
                .isThrownBy(() -> candidates(large, 2, true).choose("auto", true))
                .withMessageContainingAll("even in int4", "no other precision would fit");
    }

    @Test
    void theCheckCanBeSwitchedOff() {
        assertThat(candidates(large, 2, true)
                        .choose("float32", false)
                        .placement()
                        .precision())
                .isEqualTo(Precision.FLOAT32);
    }

    @Test
    void aNetworkTakesTheIntegersThatItsProgramKnows() {
        ModelBundle bundle = ModelBundle.read(Path.of("../bundle/pargo-mini"));

        assertThat(candidates(bundle.vision(), 64, true)
                        .choose("int8", true)
                        .placement()
                        .precision())
                .isEqualTo(Precision.INT8);
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> candidates(bundle.vision(), 64, true).choose("int4", true))
                .withMessage("precision 'int4' is not for eva02-clip");
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> candidates(bundle.projector(), 64, true).choose("int8", true))
                .withMessageStartingWith("precision 'int8' is not for ");
    }

    private static PlacementChoice.Candidates candidates(StoredNetwork<?> stored, long memory, boolean nativeBfloat16) {
        NetworkUse use = stored.config() instanceof DecoderConfig config
                ? new NetworkUse(512, placement -> 4096 * config.kvBytesPerToken(placement))
                : NetworkUse.ofRows(1000);
        return new PlacementChoice.Candidates(
                stored, Device.cpu(), true, use, GB, new Capacity(memory * GB, "machine"), nativeBfloat16);
    }
}

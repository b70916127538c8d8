package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class KvBudgetTest {

    private static EngineProperties properties(@Nullable Integer sequences, @Nullable Integer context, int megabytes) {
        return new EngineProperties(
                sequences, context, DataSize.ofMegabytes(megabytes), 512, 128, true, Duration.ZERO, List.of(), true);
    }

    @Test
    void sequencesShareAMemoryThatIsTooSmallForWholeContexts() {
        assertThat(KvBudget.of(properties(8, null, 64), 4096, 32_768)).isEqualTo(new KvBudget(8, 8, 2048));
    }

    @Test
    void whatTheRunningSequencesDoNotNeedRemembersPrompts() {
        assertThat(KvBudget.of(properties(8, 1024, 128), 4096, 32_768)).isEqualTo(new KvBudget(8, 32, 1024));
    }

    @Test
    void aSlotHoldsNoMoreThanTheContext() {
        assertThat(KvBudget.of(properties(8, null, 1024), 4096, 512).tokensPerSlot())
                .isEqualTo(512);
    }

    /** Bytes of a token in bfloat16: 32 layers, keys and values of 8 heads of 128, or of 32. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "InternLM2-7B, 131072, 32768, 8, 1024",
        "LLaVA-1.5-7B, 524288, 4096, 2, 1024",
        "LLaVA-1.5-7B in float32, 1048576, 4096, 1, 1024",
        "a small model, 4096, 512, 8, 512"
    })
    void byDefaultThereAreAsManySequencesAsHoldAPicture(
            String model, int bytesPerToken, int modelContext, int sequences, int tokens) {
        KvBudget budget = KvBudget.of(properties(null, null, 1024), bytesPerToken, modelContext);

        assertThat(budget.sequences()).isEqualTo(sequences);
        assertThat(budget.tokensPerSlot()).isEqualTo(tokens);
    }

    @Test
    void aConfiguredContextDecidesHowManySequencesThereAre() {
        assertThat(KvBudget.of(properties(null, 2048, 32), 4096, 4096).sequences())
                .isEqualTo(4);
    }

    @Test
    void aConfiguredNumberOfSequencesStays() {
        assertThat(KvBudget.of(properties(16, null, 1024), 4096, 4096).sequences())
                .isEqualTo(16);
    }

    @Test
    void refusesAMemoryThatHoldsNoPicture() {
        assertThatThrownBy(() -> KvBudget.of(properties(null, null, 100), 131_072, 4096))
                .isInstanceOf(KvBudgetException.class)
                .hasMessage("pargo.llm.kv-cache of 100 MB is too small: 1 x 1024 tokens need 129 MB");
    }

    @Test
    void refusesMoreSequencesThanHoldAPicture() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, null, 1024), 524_288, 4096))
                .hasMessageContaining("8 x 1024 tokens need 4097 MB");
    }

    @Test
    void refusesAContextThatTheMemoryDoesNotHold() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, 2048, 32), 4096, 4096))
                .hasMessageContaining("8 x 2048 tokens need 65 MB");
    }

    @Test
    void refusesAContextBeyondTheModels() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, 8192, 32), 4096, 4096))
                .hasMessageContaining("pargo.llm.context is 8192");
    }

    /** The cache has blocks of 64 tokens: 100 tokens take as much memory as 128. */
    @Test
    void slotsTakeWholeBlocksOfTheMemory() {
        assertThat(KvBudget.of(properties(4, 100, 2), 4096, 4096)).isEqualTo(new KvBudget(4, 4, 100));
        assertThatThrownBy(() -> KvBudget.of(properties(5, 100, 2), 4096, 4096))
                .hasMessageContaining("5 x 100 tokens need 3 MB");
        assertThat(KvBudget.of(properties(3, null, 64), 4096, 32_768)).isEqualTo(new KvBudget(3, 3, 5440));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void refusesAContextWithoutRoomForAnAnswer(int context) {
        assertThatThrownBy(() -> KvBudget.of(properties(null, context, 1024), 4096, 4096))
                .isInstanceOf(KvBudgetException.class)
                .hasMessage("pargo.llm.context is %d, but must be between 2 and the model's 4096", context);
    }

    @Test
    void refusesToReadPromptsByNoRows() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineProperties(
                        1, null, DataSize.ofMegabytes(1), 0, 128, true, Duration.ZERO, List.of(), true))
                .withMessageStartingWith("pargo.llm.prompt-rows is 0");
    }
}

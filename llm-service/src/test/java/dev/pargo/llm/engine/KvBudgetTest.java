package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.llm.PromptPart;
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
    void theContextIsTheModelsIfTheMemoryHoldsItOnce() {
        assertThat(KvBudget.of(properties(8, null, 256), 4096, 32_768)).isEqualTo(new KvBudget(8, 1024, 32_768));
    }

    /** Otherwise a prompt leaves a page for each sequence. */
    @Test
    void theContextIsWhatTheMemoryHoldsBesideAPageForEachOtherSequence() {
        assertThat(KvBudget.of(properties(8, null, 64), 4096, 32_768)).isEqualTo(new KvBudget(8, 256, (256 - 7) * 64));
    }

    @Test
    void aSmallModelDoesNotUseAllOfTheMemory() {
        assertThat(KvBudget.of(properties(8, null, 1024), 4096, 512)).isEqualTo(new KvBudget(8, 4 * 8 * 8, 512));
    }

    /** Bytes of a token in bfloat16: 32 layers, keys and values of 8 heads of 128, or of 32. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "InternLM2-7B, 131072, 32768, 8, 7744",
        "LLaVA-1.5-7B, 524288, 4096, 8, 1600",
        "LLaVA-1.5-7B in float32, 1048576, 4096, 1, 1024",
        "a small model, 4096, 512, 8, 512"
    })
    void byDefaultThereAreEightSequencesIfTheyHaveAPictureInCommon(
            String model, int bytesPerToken, int modelContext, int sequences, int tokens) {
        KvBudget budget = KvBudget.of(properties(null, null, 1024), bytesPerToken, modelContext);

        assertThat(budget.sequences()).isEqualTo(sequences);
        assertThat(budget.context()).isEqualTo(tokens);
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
                .hasMessage("pargo.llm.kv-cache of 100 MB is too small:"
                        + " a context of 1024 tokens with pargo.llm.sequences 1 needs 129 MB");
    }

    @Test
    void refusesMoreSequencesThanThereArePages() {
        assertThatThrownBy(() -> KvBudget.of(properties(24, null, 1024), 524_288, 4096))
                .hasMessageContaining("a context of 1024 tokens with pargo.llm.sequences 24 needs 1249 MB");
    }

    @Test
    void refusesAContextThatTheMemoryDoesNotHold() {
        assertThatThrownBy(() -> KvBudget.of(properties(1, 4096, 8), 4096, 4096))
                .hasMessageContaining("a context of 4096 tokens with pargo.llm.sequences 1 needs 17 MB");
    }

    @Test
    void refusesAContextBeyondTheModels() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, 8192, 32), 4096, 4096))
                .hasMessageContaining("pargo.llm.context is 8192");
    }

    @Test
    void theSequencesOfARequestShareThePagesThatItsPromptFills() {
        KvBudget budget = new KvBudget(8, 16, 576);
        assertThat(budget.room(request(100, 1))).isEqualTo(576 - 100);
        // One page is shared, and each has 3 of the other 15.
        assertThat(budget.room(request(100, 5))).isEqualTo(4 * 64 - 100);
        assertThat(budget.room(request(575, 8))).isEqualTo(1);
    }

    private static GenerationRequest request(int promptTokens, int choices) {
        return Asked.of(List.of(new PromptPart.Tokens(new int[promptTokens])))
                .choices(choices)
                .request();
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

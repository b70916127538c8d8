package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class KvBudgetTest {

    private static EngineProperties properties(int sequences, @Nullable Integer context, int megabytes) {
        return new EngineProperties(sequences, context, DataSize.ofMegabytes(megabytes), 512, true, true);
    }

    @Test
    void sequencesShareAMemoryThatIsTooSmallForWholeContexts() {
        assertThat(KvBudget.of(properties(8, null, 64), 4096, 32_768)).isEqualTo(new KvBudget(8, 2048));
    }

    @Test
    void whatTheRunningSequencesDoNotNeedRemembersPrompts() {
        assertThat(KvBudget.of(properties(8, 1024, 128), 4096, 32_768)).isEqualTo(new KvBudget(32, 1024));
    }

    @Test
    void aSlotHoldsNoMoreThanTheContext() {
        assertThat(KvBudget.of(properties(8, null, 1024), 4096, 512).tokensPerSlot())
                .isEqualTo(512);
    }

    @Test
    void refusesAMemoryThatHoldsNoPicture() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, null, 1), 131_072, 4096))
                .isInstanceOf(KvBudgetException.class)
                .hasMessageContaining("pargo.llm.kv-cache")
                .hasMessageContaining("8 sequences of 128 tokens need 129 MB");
    }

    @Test
    void refusesAContextThatTheMemoryDoesNotHold() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, 2048, 32), 4096, 4096))
                .hasMessageContaining("8 sequences of 2048 tokens need 65 MB");
    }

    @Test
    void refusesAContextBeyondTheModels() {
        assertThatThrownBy(() -> KvBudget.of(properties(8, 8192, 32), 4096, 4096))
                .hasMessageContaining("pargo.llm.context is 8192");
    }
}

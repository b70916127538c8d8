package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class KvBudgetTest {

    @Test
    void slotsShareTheMemoryEvenly() {
        assertThat(KvBudget.tokensPerSlot(DataSize.ofMegabytes(64), 8, 4096, 32_768))
                .isEqualTo(2048);
    }

    @Test
    void aSlotHoldsNoMoreThanTheContext() {
        assertThat(KvBudget.tokensPerSlot(DataSize.ofGigabytes(1), 8, 4096, 512))
                .isEqualTo(512);
    }

    @Test
    void refusesAMemoryThatHoldsNoPicture() {
        assertThatThrownBy(() -> KvBudget.tokensPerSlot(DataSize.ofMegabytes(1), 8, 131_072, 4096))
                .isInstanceOf(KvBudgetException.class)
                .hasMessageContaining("pargo.llm.kv-cache")
                .hasMessageContaining("8 slots of 128 tokens");
    }
}

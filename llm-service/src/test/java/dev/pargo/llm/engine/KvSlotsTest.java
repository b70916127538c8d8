package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.llm.engine.KvSlots.Lease;
import org.junit.jupiter.api.Test;

class KvSlotsTest {

    private final KvSlots slots = new KvSlots(3);

    private static long[] keys(long... keys) {
        return keys;
    }

    /** Takes a slot for a prompt, reads it, and gives the slot back. */
    private Lease served(long... prompt) {
        Lease lease = slots.take(prompt);
        slots.release(lease.slot(), prompt);
        return lease;
    }

    @Test
    void aNewPromptFindsNothing() {
        assertThat(slots.take(keys(1, 2, 3)).reusable()).isZero();
    }

    @Test
    void theNextTurnContinuesInItsSlot() {
        Lease first = served(1, 2, 3, 4);
        assertThat(slots.take(keys(1, 2, 3, 4, 5, 6))).isEqualTo(new Lease(first.slot(), first.slot(), 4));
    }

    @Test
    void anotherQuestionOnTheSamePictureLeavesTheFirstOneAlone() {
        Lease first = served(1, 2, 3, 4);
        Lease second = slots.take(keys(1, 2, 3, 9));
        assertThat(second.source()).isEqualTo(first.slot());
        assertThat(second.slot()).isNotEqualTo(first.slot());
        assertThat(second.reusable()).isEqualTo(3);
    }

    @Test
    void thePromptsLastPositionIsAlwaysRead() {
        served(1, 2, 3);
        assertThat(slots.take(keys(1, 2, 3)).reusable()).isEqualTo(2);
    }

    @Test
    void aRunningRequestsPromptIsReusedAsFarAsItHasBeenRead() {
        Lease running = slots.take(keys(1, 2, 3, 4, 5));
        slots.holds(running.slot(), 3);
        Lease second = slots.take(keys(1, 2, 3, 4, 6));
        assertThat(second.source()).isEqualTo(running.slot());
        assertThat(second.reusable()).isEqualTo(3);
    }

    @Test
    void theSlotGivenBackLongestAgoGoesFirst() {
        Lease a = served(1, 1);
        Lease b = served(2, 2);
        Lease c = served(3, 3);
        assertThat(slots.take(keys(4, 4)).slot()).isEqualTo(a.slot());
        assertThat(slots.take(keys(5, 5)).slot()).isEqualTo(b.slot());
        assertThat(slots.take(keys(6, 6)).slot()).isEqualTo(c.slot());
    }

    @Test
    void countsFreeSlotsAndRefusesToFreeOneTwice() {
        Lease lease = slots.take(keys(1, 2));
        assertThat(slots.free()).isEqualTo(2);
        slots.release(lease.slot(), keys());
        assertThat(slots.free()).isEqualTo(3);
        assertThatThrownBy(() -> slots.release(lease.slot(), keys())).isInstanceOf(IllegalStateException.class);
    }
}

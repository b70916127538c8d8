package dev.pargo.stage.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class AdmissionTest {

    private static final Duration RETRY = Duration.ofMillis(700);

    private final Admission admission = new Admission(new AdmissionLimits(2, DataSize.ofBytes(100)), () -> RETRY);

    @Test
    void refusesOneRequestTooManyWithARetryDelay() {
        admission.admit(1);
        admission.admit(1);

        assertRefused(1);
    }

    @Test
    void refusesBytesThatDoNotFit() {
        admission.admit(60);

        assertRefused(41);
        assertThat(admission.bytes()).isEqualTo(60);
        admission.admit(40);
    }

    @Test
    void doesNotOverflowOnHugeRequests() {
        admission.admit(60);

        assertRefused(Long.MAX_VALUE);
    }

    @Test
    void letsALargeRequestInWhenItIsAlone() {
        try (Admission.Ticket large = admission.admit(1_000)) {
            assertRefused(1);
        }
        admission.admit(1);
    }

    @Test
    void givesAPlaceBackOnce() {
        Admission.Ticket first = admission.admit(10);
        admission.admit(20);

        first.close();
        first.close();

        assertThat(admission.requests()).isEqualTo(1);
        assertThat(admission.bytes()).isEqualTo(20);
    }

    private void assertRefused(long bytes) {
        assertThatThrownBy(() -> admission.admit(bytes)).satisfies(error -> {
            StageError refusal = StageError.of(error).orElseThrow();
            assertThat(refusal.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
            assertThat(refusal.retryAfter()).isEqualTo(RETRY);
        });
    }
}

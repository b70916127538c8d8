package dev.pargo.stage.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class AdmissionTest {

    private static final Duration RETRY = Duration.ofMillis(700);

    private final Admission admission = new Admission(new AdmissionLimits(2, DataSize.ofBytes(100)), () -> RETRY);

    @Test
    void refusesOneRequestTooManyWithARetryDelay() {
        admission.admit("client", 1);
        admission.admit("client", 1);

        assertRefused(1);
    }

    @Test
    void refusesBytesThatDoNotFit() {
        admission.admit("client", 60);

        assertRefused(41);
        assertThat(admission.bytes()).isEqualTo(60);
        admission.admit("client", 40);
    }

    @Test
    void doesNotOverflowOnHugeRequests() {
        admission.admit("client", 60);

        assertRefused(Long.MAX_VALUE);
    }

    @Test
    void letsALargeRequestInWhenItIsAlone() {
        try (Admission.Ticket large = admission.admit("client", 1_000)) {
            assertRefused(1);
        }
        admission.admit("client", 1);
    }

    @Test
    void aRequestThatHasBeenArrivingForASecondMakesRoom() {
        List<StatusRuntimeException> told = new ArrayList<>();
        Admission.Ticket slow = admission.admit("slow", 60);
        slow.allowEviction(told::add);
        assertRefused(50);

        await().ignoreExceptions().until(() -> admission.admit("client", 50) != null);

        assertThat(told)
                .singleElement()
                .satisfies(full ->
                        assertThat(StageError.of(full).orElseThrow().reason()).isEqualTo(ErrorReason.QUEUE_FULL));
        slow.close();
        assertThat(admission.requests()).isEqualTo(1);
        assertThat(admission.bytes()).isEqualTo(50);
    }

    @Test
    void nobodyIsEvictedForARequestThatWouldNotFitAllTheSame() {
        admission.admit("complete", 60);
        Admission.Ticket arriving = admission.admit("arriving", 30);
        arriving.allowEviction(full -> fail("it was evicted"));

        await().during(Duration.ofMillis(1_200)).untilAsserted(() -> assertRefused(500));

        assertThat(admission.requests()).isEqualTo(2);
        assertThat(admission.bytes()).isEqualTo(90);
        arriving.close();
        assertThat(admission.bytes()).isEqualTo(60);
    }

    @Test
    void aCompleteRequestMakesNoRoom() {
        Admission.Ticket complete = admission.admit("client", 60);
        complete.allowEviction(full -> fail("it was evicted"));

        complete.forbidEviction();

        await().during(Duration.ofMillis(1_200)).untilAsserted(() -> assertRefused(50));
    }

    @Test
    void givesAPlaceBackOnce() {
        Admission.Ticket first = admission.admit("client", 10);
        admission.admit("client", 20);

        first.close();
        first.close();

        assertThat(admission.requests()).isEqualTo(1);
        assertThat(admission.bytes()).isEqualTo(20);
    }

    @Test
    void aClientThatTakesAllItGetsLeavesRoomForOthers() {
        Admission wide = new Admission(new AdmissionLimits(100, DataSize.ofBytes(1_000)), () -> RETRY);
        int crowd = 0;
        try {
            while (true) {
                wide.admit("crowd", 1);
                crowd++;
            }
        } catch (StatusRuntimeException refused) {
            assertThat(crowd).isEqualTo(80);
        }
        wide.admit("newcomer", 100);
    }

    @Test
    void growsARequestWhileThereIsRoom() {
        Admission.Ticket first = admission.admit("first", 10);
        Admission.Ticket second = admission.admit("second", 10);
        first.grow(70);

        assertRefused(() -> second.grow(11));
        second.grow(10);
        assertThat(admission.bytes()).isEqualTo(100);

        first.close();
        first.grow(5);
        assertThat(admission.bytes()).isEqualTo(20);
        second.grow(1_000);
        second.close();
        assertThat(admission.bytes()).isZero();
    }

    @Test
    void requestsTakeAtMostAThirdOfTheHeap() {
        AdmissionLimits limits = new AdmissionLimits(2, DataSize.ofMegabytes(192));
        assertThat(limits.inHeap(DataSize.ofMegabytes(150).toBytes()).maxSize()).isEqualTo(DataSize.ofMegabytes(50));
        assertThat(limits.inHeap(DataSize.ofGigabytes(1).toBytes()).maxSize()).isEqualTo(DataSize.ofMegabytes(192));
    }

    private void assertRefused(long bytes) {
        assertRefused(() -> admission.admit("client", bytes));
    }

    private static void assertRefused(ThrowingCallable request) {
        assertThatThrownBy(request).satisfies(error -> {
            StageError refusal = StageError.of(error).orElseThrow();
            assertThat(refusal.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
            assertThat(refusal.retryAfter()).isEqualTo(RETRY);
        });
    }
}

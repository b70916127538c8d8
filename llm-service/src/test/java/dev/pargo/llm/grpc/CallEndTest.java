package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** How calls end without an answer: cancelled, refused, or out of time. */
@TestPropertySource(properties = "pargo.stage.time-limit=4s")
class CallEndTest extends RunningLlmService {

    @Test
    void aCancelledCallGivesItsPlaceBackAtOnce() throws Exception {
        // Eight endless answers over four places: half of them wait.
        List<BlockingClientCall<GenerateRequest, GenerateResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
            call.write(Checksums.seal(
                    GenerateRequest.newBuilder().setStart(endless().build())));
            call.halfClose();
            calls.add(call);
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> host.admission().requests() == 8);
        calls.forEach(call -> call.cancel("test", null));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(host.admission().requests()).isZero());
        assertThat(ask(text("USER: hi\nASSISTANT: ").setMaxTokens(2).build()).ids())
                .hasSize(2);
    }

    @Test
    void aFullStageRefusesWithARetryDelay() throws Exception {
        List<BlockingClientCall<GenerateRequest, GenerateResponse>> calls = new ArrayList<>();
        // A single client gets 10 of 12 places.
        for (int i = 0; i < 10; i++) {
            BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
            call.write(Checksums.seal(GenerateRequest.newBuilder().setStart(endless())));
            calls.add(call);
        }
        await().until(() -> host.admission().requests() == 10);
        assertThatThrownBy(() -> ask(text("one more").build())).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
            assertThat(error.retryAfter()).isNotNull();
        });
        calls.forEach(call -> call.cancel("test", null));
    }

    @Test
    void aDeadlineEndsTheWork() {
        assertThatThrownBy(() -> {
                    BlockingClientCall<GenerateRequest, GenerateResponse> call =
                            stub.withDeadlineAfter(Duration.ofMillis(40)).generate();
                    call.write(Checksums.seal(GenerateRequest.newBuilder().setStart(endless())));
                    call.halfClose();
                    while (call.read() != null) {
                        Thread.onSpinWait();
                    }
                })
                .satisfies(failure ->
                        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void theServicesTimeLimitEndsWhatNoClientDoes() throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> silent = stub.generate();
        silent.write(Checksums.seal(GenerateRequest.newBuilder().setStart(endless())));
        await().until(() -> host.admission().requests() == 1);

        assertThatThrownBy(silent::read)
                .satisfies(failure -> assertThat(Status.fromThrowable(failure))
                        .matches(status -> status.getCode() == Status.Code.DEADLINE_EXCEEDED)
                        .asString()
                        .contains("the limit of this stage"));
    }

    /** At this temperature all tokens are about equally likely, so the answer does not end before its limit. */
    private static GenerateStart.Builder endless() {
        return text("USER: hello\nASSISTANT: ").setMaxTokens(500).setMinTokens(500);
    }
}

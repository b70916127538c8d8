package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageErrorTest {

    @ParameterizedTest
    @EnumSource
    void travelsInAStatusException(ErrorReason reason) {
        StageError error = new StageError(reason, "One sentence.");

        assertThat(error.toException().getStatus().getCode()).isEqualTo(reason.code());
        assertThat(StageError.of(error.toException())).contains(error);
    }

    @Test
    void carriesARetryDelay() {
        StageError error = new StageError(ErrorReason.QUEUE_FULL, "Busy.", Duration.ofMillis(1_250));

        assertThat(StageError.of(error.toException())).contains(error);
    }

    @Test
    void isFoundAsACause() {
        StageError error = new StageError(ErrorReason.DRAINING, "Going.");

        assertThat(StageError.of(new IOException(error.toException()))).contains(error);
    }

    @Test
    void isAbsentFromOtherFailures() {
        assertThat(StageError.of(new IOException("no route"))).isEmpty();
        assertThat(StageError.of(io.grpc.Status.UNAVAILABLE.asRuntimeException()))
                .isEmpty();
        assertThat(StageError.of(withInfo("QUEUE_FULL", "example.org"))).isEmpty();
        assertThat(StageError.of(withInfo("A_REASON_OF_TOMORROW", "pargo.dev"))).isEmpty();
    }

    private static Throwable withInfo(String reason, String domain) {
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(io.grpc.Status.Code.RESOURCE_EXHAUSTED.value())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(domain)
                        .build()))
                .build());
    }
}

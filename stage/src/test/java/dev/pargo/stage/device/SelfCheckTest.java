package dev.pargo.stage.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.StageError;
import dev.pargo.stage.device.DeviceWork.Result;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SelfCheckTest {

    private final AtomicLong clock = new AtomicLong();
    private boolean healthy = true;
    private int probes;
    private Result own = Result.SUCCEEDED;
    private final SelfCheck check = new SelfCheck(
            () -> {
                probes++;
                return healthy;
            },
            clock::get);
    private final DeviceWork work = check.guard(new DeviceWork() {
        @Override
        public void await() {}

        @Override
        public Result step() {
            return own;
        }

        @Override
        public void abandon(StageError reason) {}
    });

    @Test
    void stepsWithoutSuspicionAreNotChecked() {
        assertThat(work.step()).isEqualTo(Result.SUCCEEDED);
        assertThat(probes).isZero();
    }

    @Test
    void aRequestWithoutFiniteResultIsNoFailureOfAHealthyNetwork() {
        own = Result.UNKNOWN;
        check.suspect();
        assertThat(work.step()).isEqualTo(Result.SUCCEEDED);
    }

    @Test
    void manyHarmfulRequestsCauseFewChecks() {
        for (int i = 0; i < 100; i++) {
            check.suspect();
            assertThat(work.step()).isEqualTo(Result.SUCCEEDED);
            clock.addAndGet(SelfCheck.PAUSE.toNanos() / 20);
        }
        assertThat(probes).isEqualTo(5);
    }

    @Test
    void everyStepOfABrokenNetworkFailsUntilACheckPasses() {
        healthy = false;
        check.suspect();
        assertThat(work.step()).isEqualTo(Result.FAILED);
        assertThat(work.step()).isEqualTo(Result.FAILED);

        healthy = true;
        assertThat(work.step()).isEqualTo(Result.SUCCEEDED);
        assertThat(work.step()).isEqualTo(Result.SUCCEEDED);
        assertThat(probes).isEqualTo(3);
    }

    @Test
    void aProbeThatThrowsFails() {
        SelfCheck throwing = new SelfCheck(
                () -> {
                    throw new IllegalStateException("the device is gone");
                },
                clock::get);
        throwing.suspect();
        assertThat(throwing.guard(work).step()).isEqualTo(Result.FAILED);
    }
}

package dev.pargo.stage.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.device.DeviceWork.Result;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SelfCheckTest {

    private final AtomicLong clock = new AtomicLong();
    private boolean healthy = true;
    private boolean reachable = true;
    private int probes;
    private int steps;
    private final SelfCheck check = new SelfCheck(
            () -> {
                probes++;
                if (!reachable) {
                    throw new StageError(ErrorReason.NETWORK_LOST, "no answer").toException();
                }
                return healthy;
            },
            clock::get);
    private final DeviceWork work = check.guard(new DeviceWork() {
        @Override
        public void await() {}

        @Override
        public Result step() {
            steps++;
            return Result.SUCCEEDED;
        }

        @Override
        public void abandon(StageError reason) {}
    });

    @Test
    void stepsWithoutSuspicionAreNotChecked() {
        work.step();

        assertThat(steps).isEqualTo(1);
        assertThat(probes).isZero();
    }

    @Test
    void aRequestWithoutFiniteResultDoesNotStopAHealthyNetwork() {
        check.suspect();
        work.step();
        work.step();

        assertThat(steps).isEqualTo(2);
        assertThat(probes).isEqualTo(1);
    }

    @Test
    void manyHarmfulRequestsCauseFewChecks() {
        for (int i = 0; i < 100; i++) {
            check.suspect();
            work.step();
            clock.addAndGet(SelfCheck.PAUSE.toNanos() / 20);
        }
        assertThat(probes).isEqualTo(5);
    }

    @Test
    void aBrokenNetworkComputesNoFurtherStep() {
        healthy = false;
        check.suspect();

        assertThatThrownBy(work::step).isInstanceOf(BrokenNetworkException.class);
        assertThat(steps).isZero();
    }

    @Test
    void aCheckWithoutAnswerIsRepeatedAndEndsNothing() {
        reachable = false;
        check.suspect();
        work.step();
        assertThat(steps).isEqualTo(1);

        reachable = true;
        healthy = false;
        assertThatThrownBy(work::step).isInstanceOf(BrokenNetworkException.class);
        assertThat(probes).isEqualTo(2);
    }

    @Test
    void aBrokenNetworkIsNoticedAtTheStart() {
        check.run();
        healthy = false;

        assertThatThrownBy(check::run).hasMessageContaining("NaN or infinite values for an ordinary input");
    }
}

package dev.pargo.stage.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.device.DeviceWork.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceExecutorTest {

    private final RunQueue work = new RunQueue();
    private final AtomicInteger exits = new AtomicInteger();
    private final Semaphore gate = new Semaphore(0);
    private @Nullable DeviceExecutor executor;

    @AfterEach
    void stop() {
        gate.release(100);
        executor.close();
    }

    @Test
    void doesAllWorkOnOneThread() throws Exception {
        start(WatchdogLimits.DEFAULT);
        List<Thread> threads = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            work.tasks.add(() -> {
                threads.add(Thread.currentThread());
                done.countDown();
                return Result.SUCCEEDED;
            });
        }
        done.await();

        assertThat(executor.trouble()).isEmpty();
        assertThat(threads).hasSize(3).containsOnly(threads.get(0));
    }

    @Test
    void hasEndedAfterACrashAndAbandonsItsWork() {
        start(WatchdogLimits.DEFAULT);

        work.tasks.add(() -> {
            throw new LinkageError("device gone");
        });

        await().untilAsserted(() -> assertThat(executor.trouble()).contains("device has ended"));
        assertThat(work.abandoned).containsExactly(ErrorReason.DEVICE_LOST);
        executor.close();
        assertThat(work.abandoned).hasSize(1);
    }

    @Test
    void endsTheCurrentStepBeforeItCloses() throws Exception {
        start(WatchdogLimits.DEFAULT);
        CountDownLatch begun = new CountDownLatch(1);
        List<String> ended = new ArrayList<>();
        work.tasks.add(() -> {
            begun.countDown();
            long end = System.nanoTime() + 50_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            ended.add("step");
            return Result.SUCCEEDED;
        });
        begun.await();

        executor.close();

        assertThat(ended).containsExactly("step");
        assertThat(work.abandoned).containsExactly(ErrorReason.DRAINING);
        assertThat(exits).hasValue(0);
    }

    @Test
    void endsTheProcessRatherThanToFreeWhatAStepWorksOn() {
        start(new WatchdogLimits(Duration.ofMillis(50), 5, Duration.ZERO));
        work.tasks.add(this::hang);
        await().until(work.tasks::isEmpty);

        executor.close();

        assertThat(exits).hasValue(1);
    }

    @Test
    void isInTroubleWhileAStepTakesTooLong() {
        start(new WatchdogLimits(Duration.ofMillis(50), 5, Duration.ZERO));
        work.tasks.add(this::hang);

        await().untilAsserted(() -> assertThat(executor.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).contains("a step of device has taken")));
        gate.release();

        await().until(() -> executor.trouble().isEmpty());
    }

    @Test
    void isInTroubleWhenAllItsStepsFail() {
        start(new WatchdogLimits(Duration.ofMinutes(1), 3, Duration.ZERO));
        work.tasks.addAll(List.of(
                () -> Result.FAILED,
                () -> Result.FAILED,
                () -> Result.SUCCEEDED,
                () -> Result.FAILED,
                () -> Result.UNKNOWN,
                () -> Result.FAILED));
        await().until(work.tasks::isEmpty);
        assertThat(executor.trouble()).isEmpty();

        work.tasks.add(() -> Result.FAILED);

        await().untilAsserted(() -> assertThat(executor.trouble()).contains("the last 3 steps of device have failed"));
        work.tasks.add(() -> Result.SUCCEEDED);
        await().until(() -> executor.trouble().isEmpty());
    }

    @Test
    void aWatchdogEndsTheProcessWhenTheDeviceStaysLost() {
        start(new WatchdogLimits(Duration.ofMillis(50), 5, Duration.ZERO));
        try (DeviceWatchdog watchdog = DeviceWatchdog.start(executor, Duration.ofMillis(300), exits::incrementAndGet)) {
            await().during(Duration.ofMillis(400)).until(() -> exits.get() == 0);

            work.tasks.add(this::hang);

            await().until(() -> exits.get() > 0);
        }
    }

    @Test
    void aWatchdogWaitsForADeviceToRecover() {
        start(new WatchdogLimits(Duration.ofMinutes(1), 1, Duration.ZERO));
        try (DeviceWatchdog watchdog = DeviceWatchdog.start(executor, Duration.ofMinutes(1), exits::incrementAndGet)) {
            work.tasks.add(() -> Result.FAILED);
            await().until(() -> executor.trouble().isPresent());

            work.tasks.add(() -> Result.SUCCEEDED);

            await().until(() -> executor.trouble().isEmpty());
            assertThat(exits).hasValue(0);
        }
    }

    private void start(WatchdogLimits limits) {
        executor = DeviceExecutor.start("device", work, limits, exits::incrementAndGet);
    }

    private Result hang() {
        gate.acquireUninterruptibly();
        return Result.SUCCEEDED;
    }

    /** Runs what is put into its queue. */
    private static final class RunQueue implements DeviceWork {

        final BlockingQueue<Supplier<Result>> tasks = new LinkedBlockingQueue<>();
        final List<ErrorReason> abandoned = new ArrayList<>();
        private @Nullable Supplier<Result> next;

        @Override
        public void await() throws InterruptedException {
            next = tasks.take();
        }

        @Override
        public Result step() {
            return next.get();
        }

        @Override
        public void abandon(StageError reason) {
            abandoned.add(reason.reason());
        }
    }
}

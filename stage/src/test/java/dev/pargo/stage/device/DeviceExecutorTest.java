package dev.pargo.stage.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class DeviceExecutorTest {

    private final RunQueue work = new RunQueue();

    @Test
    void doesAllWorkOnOneThread() throws Exception {
        List<Thread> threads = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(3);
        try (DeviceExecutor executor = DeviceExecutor.start("device", work)) {
            for (int i = 0; i < 3; i++) {
                work.tasks.add(() -> {
                    threads.add(Thread.currentThread());
                    done.countDown();
                });
            }
            done.await();

            assertThat(executor.isAlive()).isTrue();
            assertThat(threads).hasSize(3).containsOnly(threads.get(0));
        }
    }

    @Test
    void isDeadAfterACrashAndAbandonsItsWork() {
        DeviceExecutor executor = DeviceExecutor.start("device", work);

        work.tasks.add(() -> {
            throw new LinkageError("device gone");
        });

        await().until(() -> !executor.isAlive());
        assertThat(work.abandoned).containsExactly(ErrorReason.DEVICE_LOST);
        executor.close();
        assertThat(work.abandoned).hasSize(1);
    }

    @Test
    void endsTheCurrentStepBeforeItCloses() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        List<String> ended = new ArrayList<>();
        DeviceExecutor executor = DeviceExecutor.start("device", work);
        work.tasks.add(() -> {
            begun.countDown();
            long end = System.nanoTime() + 50_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            ended.add("step");
        });
        begun.await();

        executor.close();

        assertThat(ended).containsExactly("step");
        assertThat(executor.isAlive()).isFalse();
        assertThat(work.abandoned).containsExactly(ErrorReason.DRAINING);
    }

    /** Runs what is put into its queue. */
    private static final class RunQueue implements DeviceWork {

        final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        final List<ErrorReason> abandoned = new ArrayList<>();

        @Override
        public void step() throws InterruptedException {
            tasks.take().run();
        }

        @Override
        public void abandon(StageError reason) {
            abandoned.add(reason.reason());
        }
    }
}

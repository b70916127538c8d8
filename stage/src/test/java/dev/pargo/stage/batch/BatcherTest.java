package dev.pargo.stage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.DeviceWork;
import dev.pargo.stage.device.WatchdogLimits;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The rules step by step on one thread with a clock that stands still, then real threads. */
class BatcherTest {

    private static final Duration MAX_WAIT = Duration.ofMillis(5);

    private final AtomicLong clock = new AtomicLong();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final List<List<String>> batches = new ArrayList<>();
    private final Batcher<String, String> batcher = new Batcher<>(
            new BatchLimits(3, MAX_WAIT), this::upperCase, new StageMetrics(meters, "encoder"), clock::get);

    @Test
    void computesALoneRequestAtOnce() throws Exception {
        CompletableFuture<Batched<String>> answer = batcher.announce("client").submit("a");

        assertThat(batcher.nanosToWait()).isZero();
        step();

        assertThat(answer.join()).isEqualTo(new Batched<>("A", Duration.ZERO, Duration.ofMillis(10), 1));
    }

    @Test
    void waitsForAnnouncedRequestsNoLongerThanItsLimit() {
        batcher.announce("client");
        batcher.announce("client").submit("a");

        assertThat(batcher.nanosToWait()).isEqualTo(MAX_WAIT.toNanos());
        clock.addAndGet(2_000_000);
        batcher.announce("client").submit("b");
        assertThat(batcher.nanosToWait()).isEqualTo(3_000_000);
        clock.addAndGet(3_000_000);
        assertThat(batcher.nanosToWait()).isZero();
    }

    @Test
    void stopsWaitingWhenTheLastAnnouncedRequestGoesAway() {
        Batcher<String, String>.Request late = batcher.announce("client");
        batcher.announce("client").submit("a");

        late.cancel();
        late.cancel();

        assertThat(batcher.nanosToWait()).isZero();
    }

    @Test
    void doesNotWaitWithAFullBatch() throws Exception {
        batcher.announce("client");
        submit("a", "b", "c", "d");

        assertThat(batcher.nanosToWait()).isZero();
        step();

        assertThat(batches).containsExactly(List.of("a", "b", "c"));
        assertThat(batcher.queued()).isEqualTo(1);
    }

    @Test
    void countsTimeInTheQueueAsWaiting() throws Exception {
        submit("a", "b", "c");
        CompletableFuture<Batched<String>> fourth = batcher.announce("client").submit("d");
        batcher.announce("client");

        step();

        // The first batch took 10 ms, which is longer than the fourth request may wait.
        assertThat(batcher.nanosToWait()).isNegative();
        step();
        assertThat(fourth.join()).isEqualTo(new Batched<>("D", Duration.ofMillis(10), Duration.ofMillis(10), 1));
    }

    @Test
    void doesNotComputeWhatWasCancelledInTheQueue() throws Exception {
        Batcher<String, String>.Request cancelled = batcher.announce("client");
        CompletableFuture<Batched<String>> answer = cancelled.submit("a");
        submit("b");

        cancelled.cancel();
        step();

        assertThat(batches).containsExactly(List.of("b"));
        assertThat(answer).isCancelled();
    }

    @Test
    void aNetworkThatCannotBeReachedIsNoFailureOfTheDevice() throws Exception {
        submit("lost");
        batcher.await();
        assertThat(batcher.step()).isEqualTo(DeviceWork.Result.UNKNOWN);

        submit("broken");
        batcher.await();
        assertThat(batcher.step()).isEqualTo(DeviceWork.Result.FAILED);
    }

    @Test
    void doesNotQueueWhatWasCancelledBefore() {
        Batcher<String, String>.Request cancelled = batcher.announce("client");
        cancelled.cancel();

        assertThat(cancelled.submit("a")).isCancelled();
        assertThat(batcher.queued()).isZero();
    }

    @Test
    void failsEachRequestOfAFailedBatchAndGoesOn() throws Exception {
        CompletableFuture<Batched<String>> first = batcher.announce("client").submit("a");
        CompletableFuture<Batched<String>> second = batcher.announce("client").submit("fail");
        step();
        CompletableFuture<Batched<String>> third = batcher.announce("client").submit("c");
        step();

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(third.join().output()).isEqualTo("C");
    }

    @Test
    void failsTheBatchAndPassesTheErrorOnWhenTheDeviceCrashes() {
        CompletableFuture<Batched<String>> answer = batcher.announce("client").submit("crash");

        assertThatThrownBy(this::step).isInstanceOf(LinkageError.class);

        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void failsWhatWaitsAndWhatComesAfterItsEnd() {
        CompletableFuture<Batched<String>> queued = batcher.announce("client").submit("a");
        Batcher<String, String>.Request announced = batcher.announce("client");

        batcher.abandon(new StageError(ErrorReason.DEVICE_LOST, "The device has failed."));

        for (CompletableFuture<Batched<String>> answer : List.of(
                queued, announced.submit("b"), batcher.announce("client").submit("c"))) {
            assertThat(StageError.of(answer.handle((value, error) -> error).join())
                            .orElseThrow()
                            .reason())
                    .isEqualTo(ErrorReason.DEVICE_LOST);
        }
    }

    @Test
    void estimatesTheWaitFromRecentBatches() throws Exception {
        submit("a");
        step();
        submit("b", "c", "d", "e");

        // Two batches of 10 ms: the four queued requests fill one batch and begin another.
        assertThat(batcher.estimatedWait()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void measuresBatchesAndTheQueue() throws Exception {
        submit("a", "b", "c", "d");
        step();

        assertThat(meters.get("pargo.stage.queue.depth")
                        .tag("stage", "encoder")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("pargo.stage.batch.size").summary().max()).isEqualTo(3);
        assertThat(meters.get("pargo.stage.network.time").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(10);
        assertThat(meters.get("pargo.stage.queue.time").timer().count()).isEqualTo(3);
    }

    @Test
    void clientsTakeTurnsHoweverManyRequestsOneHas() throws Exception {
        for (int i = 0; i < 7; i++) {
            batcher.announce("crowd").submit("crowd" + i);
        }
        batcher.announce("newcomer").submit("first");
        batcher.announce("newcomer").submit("second");

        step();
        step();

        assertThat(batches)
                .containsExactly(List.of("crowd0", "first", "crowd1"), List.of("second", "crowd2", "crowd3"));
    }

    private DeviceWork.Result step() throws InterruptedException {
        batcher.await();
        return batcher.step();
    }

    @Test
    void answersEveryOneOfManyConcurrentRequestsWithItsOwnResult() throws Exception {
        Batcher<String, String> real = new Batcher<>(
                new BatchLimits(8, MAX_WAIT),
                inputs -> inputs.stream().map(input -> input + "!").toList(),
                new StageMetrics(meters, "projector"),
                System::nanoTime);
        int clients = 8;
        int requests = 2_000;
        CountDownLatch done = new CountDownLatch(clients);
        List<Throwable> faults = new ArrayList<>();
        try (DeviceExecutor device = DeviceExecutor.start("device", real, WatchdogLimits.DEFAULT, () -> {})) {
            for (int client = 0; client < clients; client++) {
                String name = "client" + client + "-";
                new Thread(() -> {
                            try {
                                for (int i = 0; i < requests; i++) {
                                    Batcher<String, String>.Request request = real.announce("client");
                                    if (i % 7 == 0) {
                                        request.cancel();
                                    } else {
                                        assertThat(request.submit(name + i)
                                                        .get(10, TimeUnit.SECONDS)
                                                        .output())
                                                .isEqualTo(name + i + "!");
                                    }
                                }
                            } catch (Throwable fault) {
                                synchronized (faults) {
                                    faults.add(fault);
                                }
                            } finally {
                                done.countDown();
                            }
                        })
                        .start();
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(faults).isEmpty();
        assertThat(real.queued()).isZero();
    }

    private void submit(String... inputs) {
        for (String input : inputs) {
            batcher.announce("client").submit(input);
        }
    }

    /** A network that takes 10 ms. */
    private List<String> upperCase(List<String> inputs) {
        batches.add(inputs);
        clock.addAndGet(10_000_000);
        if (inputs.contains("fail")) {
            throw new IllegalArgumentException("unlucky");
        }
        if (inputs.contains("lost")) {
            throw Status.UNAVAILABLE.asRuntimeException();
        }
        if (inputs.contains("broken")) {
            throw Status.INTERNAL.asRuntimeException();
        }
        if (inputs.contains("crash")) {
            throw new LinkageError("device gone");
        }
        return inputs.stream().map(String::toUpperCase).toList();
    }
}

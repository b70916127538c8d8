package dev.pargo.stage.call;

import static dev.pargo.stage.ToyProjector.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.ToyProjector;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.admission.AdmissionLimits;
import dev.pargo.stage.batch.BatchLimits;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.device.WatchdogLimits;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Real calls over loopback to a stage whose network waits for a gate. */
class BatchedCallTest {

    private static final int MAX_REQUESTS = 4;

    private final Semaphore gate = new Semaphore(0);
    private final AtomicInteger computed = new AtomicInteger();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final StageMetrics metrics = new StageMetrics(meters, "projector");
    private final Batcher<WireTensor, WireTensor> batcher = new Batcher<>(
            new BatchLimits(2, Duration.ZERO),
            inputs -> {
                List<WireTensor> outputs = ToyProjector.addOne(gate, inputs);
                computed.addAndGet(outputs.size());
                return outputs;
            },
            metrics,
            System::nanoTime);
    private final Admission admission =
            new Admission(new AdmissionLimits(MAX_REQUESTS, DataSize.ofBytes(1_000)), () -> Duration.ofSeconds(3));
    private final CallTimer timer = new CallTimer(Duration.ofSeconds(2));
    private volatile boolean healthy = true;
    private final SelfCheck selfCheck = new SelfCheck(() -> healthy, System::nanoTime);
    private DeviceExecutor device;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        device = DeviceExecutor.start("device", selfCheck.guard(batcher), WatchdogLimits.DEFAULT, () -> {});
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new ToyProjector(new BatchedStage<>(
                        "add",
                        new CallResources(admission, timer, metrics, ForkJoinPool.commonPool()),
                        batcher,
                        selfCheck)))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        gate.release(1_000);
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        device.close();
        timer.close();
    }

    @Test
    void answersWithTheTensorAndAReport() {
        gate.release();

        List<TensorChunk> answer = project(1, 2, 3).join();

        assertThat(ToyProjector.numbers(answer.iterator())).containsExactly(2f, 3f, 4f);
        StageReport report = answer.get(answer.size() - 1).getReport();
        assertThat(report.getBatchSize()).isEqualTo(1);
        assertThat(report.getPreprocessMicros()).isEqualTo(2_000);
        assertThat(report.getNetworkMicros()).isPositive();
        awaitOutcome("completed", 1);
        assertThat(admission.requests()).isZero();
    }

    @Test
    void gathersWhatComesWhileTheDeviceIsBusy() {
        CompletableFuture<List<TensorChunk>> first = project(1, 1, 1);
        await().until(() -> admission.requests() == 1 && batcher.queued() == 0);
        CompletableFuture<List<TensorChunk>> second = project(2, 2, 2);
        CompletableFuture<List<TensorChunk>> third = project(3, 3, 3);
        await().until(() -> batcher.queued() == 2);

        gate.release(2);

        assertThat(batchSize(first)).isEqualTo(1);
        assertThat(batchSize(second)).isEqualTo(2);
        assertThat(batchSize(third)).isEqualTo(2);
        assertThat(ToyProjector.numbers(third.join().iterator())).containsExactly(4f, 4f, 4f);
    }

    @Test
    void refusesOneTooManyAndServesTheRest() {
        List<CompletableFuture<List<TensorChunk>>> inside = new ArrayList<>();
        for (int i = 0; i < MAX_REQUESTS; i++) {
            inside.add(project(i, i, i));
        }
        await().until(() -> admission.requests() == MAX_REQUESTS);

        StageError refusal = error(project(9, 9, 9));

        assertThat(refusal.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        gate.release(MAX_REQUESTS);
        assertThat(inside).allSatisfy(call -> assertThat(call.join()).isNotEmpty());
        awaitOutcome("completed", MAX_REQUESTS);
        awaitOutcome("rejected", 1);
        assertThat(admission.requests()).isZero();
    }

    @Test
    void doesNotComputeACancelledRequestAndFreesItsPlace() {
        project(1, 1, 1);
        await().until(() -> admission.requests() == 1 && batcher.queued() == 0);
        Call call = new Call(tensor(2, 2, 2));
        start(call, 10);
        await().until(() -> batcher.queued() == 1);

        call.cancel();

        await().until(() -> batcher.queued() == 0 && admission.requests() == 1);
        gate.release(2);
        awaitOutcome("completed", 1);
        awaitOutcome("cancelled", 1);
        assertThat(computed).hasValue(1);
    }

    @Test
    void dropsARequestThatIsPastItsDeadline() {
        project(1, 1, 1);
        await().until(() -> admission.requests() == 1 && batcher.queued() == 0);
        Call call = new Call(tensor(2, 2, 2));
        start(call, 0.2);
        await().until(() -> batcher.queued() == 1);

        assertThat(Status.fromThrowable(failure(call.answer)).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        await().until(() -> batcher.queued() == 0 && admission.requests() == 1);
        gate.release(2);
        awaitOutcome("completed", 1);
        assertThat(computed).hasValue(1);
    }

    @Test
    void endsACallThatTakesTooLongWhateverItsClientAllows() {
        project(1, 1, 1);
        await().until(() -> admission.requests() == 1 && batcher.queued() == 0);
        CompletableFuture<List<TensorChunk>> waiting = project(2, 2, 2);
        await().until(() -> batcher.queued() == 1);

        Status end = Status.fromThrowable(failure(waiting));

        assertThat(end.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(end.getDescription()).isEqualTo("the call took longer than 2 s, the limit of this stage");
        await().until(() -> batcher.queued() == 0 && admission.requests() == 0);
        gate.release(2);
        awaitOutcome("cancelled", 2);
        assertThat(computed).hasValueLessThan(2);
    }

    @Test
    void endsACallThatNeverSendsAnything() {
        Call call = new Call(tensor(1, 1, 1));
        ProjectorGrpc.newStub(channel).project(call);

        assertThat(Status.fromThrowable(failure(call.answer)).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        awaitOutcome("cancelled", 1);
    }

    @Test
    void hidesTheTextOfUnexpectedFailures() {
        gate.release();

        StageError failure = error(project(-1, 0, 0));

        assertThat(failure.reason()).isEqualTo(ErrorReason.INTERNAL);
        assertThat(failure.message()).doesNotContain("secret");
        awaitOutcome("failed", 1);
        assertThat(admission.requests()).isZero();
    }

    @Test
    void failsEverythingWhenTheDeviceCrashes() {
        CompletableFuture<List<TensorChunk>> crashing = project(-2, 0, 0);
        await().until(() -> admission.requests() == 1 && batcher.queued() == 0);
        CompletableFuture<List<TensorChunk>> waiting = project(1, 1, 1);
        await().until(() -> batcher.queued() == 1);

        gate.release();

        assertThat(error(crashing).message()).doesNotContain("secret");
        assertThat(error(waiting).reason()).isEqualTo(ErrorReason.DEVICE_LOST);
        assertThat(error(project(1, 1, 1)).reason()).isEqualTo(ErrorReason.DEVICE_LOST);
        await().until(() -> admission.requests() == 0);
    }

    @Test
    void refusesAMalformedTensorWithoutAdmittingIt() {
        assertThat(error(project(1, 2)).reason()).isEqualTo(ErrorReason.TENSOR_MISMATCH);

        awaitOutcome("refused", 1);
        assertThat(admission.requests()).isZero();
    }

    private CompletableFuture<List<TensorChunk>> project(float... values) {
        Call call = new Call(tensor(values));
        start(call, 10);
        return call.answer;
    }

    private void start(Call call, double seconds) {
        ProjectorGrpc.newStub(channel)
                .withDeadlineAfter((long) (seconds * 1_000), TimeUnit.MILLISECONDS)
                .project(call);
        call.send();
    }

    @Test
    void inputsThatLeadToNoNumbersLeaveAHealthyStageReady() {
        gate.release(1_000);
        for (int i = 0; i < 10; i++) {
            assertThat(error(project(Float.NaN, 1, 1)).reason()).isEqualTo(ErrorReason.NOT_FINITE);
        }
        assertThat(device.trouble()).isEmpty();
    }

    @Test
    void aNetworkThatGivesNoNumbersFailsOneRequestAndHandsOverTheOthers() {
        gate.release(1_000);
        healthy = false;
        assertThat(error(project(Float.NaN, 1, 1)).reason()).isEqualTo(ErrorReason.NOT_FINITE);

        assertThat(error(project(1, 1, 1)).reason()).isEqualTo(ErrorReason.DEVICE_LOST);
        assertThat(device.trouble()).isPresent();
    }

    private void awaitOutcome(String outcome, int count) {
        await().untilAsserted(() -> {
            Counter counter =
                    meters.find("pargo.stage.requests").tag("outcome", outcome).counter();
            assertThat(counter == null ? 0 : counter.count()).isEqualTo(count);
        });
    }

    private static int batchSize(CompletableFuture<List<TensorChunk>> answer) {
        List<TensorChunk> chunks = answer.join();
        return chunks.get(chunks.size() - 1).getReport().getBatchSize();
    }

    private static StageError error(CompletableFuture<List<TensorChunk>> answer) {
        return StageError.of(failure(answer)).orElseThrow();
    }

    private static Throwable failure(CompletableFuture<List<TensorChunk>> answer) {
        return answer.handle((chunks, error) -> error).join();
    }

    /** A client's side of one call. */
    private static final class Call implements ClientResponseObserver<TensorChunk, TensorChunk> {

        final WireTensor input;
        final CompletableFuture<List<TensorChunk>> answer = new CompletableFuture<>();
        private final List<TensorChunk> chunks = new ArrayList<>();
        private ClientCallStreamObserver<TensorChunk> call;

        Call(WireTensor input) {
            this.input = input;
        }

        void send() {
            input.chunks().forEachRemaining(call::onNext);
            call.onCompleted();
        }

        void cancel() {
            call.cancel("test", null);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<TensorChunk> call) {
            this.call = call;
        }

        @Override
        public void onNext(TensorChunk chunk) {
            chunks.add(chunk);
        }

        @Override
        public void onError(Throwable error) {
            answer.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            answer.complete(chunks);
        }
    }
}

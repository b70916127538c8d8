package dev.pargo.stage.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.admission.AdmissionLimits;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Calls over loopback whose clients do not read. */
class ServedCallTest {

    private static final int MESSAGE_BYTES = 100_000;

    private final Admission admission =
            new Admission(new AdmissionLimits(4, DataSize.ofBytes(1_000)), () -> Duration.ofSeconds(3));
    private final CallTimer timer = new CallTimer(Duration.ofSeconds(1));
    private final CallResources calls = new CallResources(
            admission, timer, new StageMetrics(new SimpleMeterRegistry(), "toy"), ForkJoinPool.commonPool());
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger cleanups = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile int messages = Integer.MAX_VALUE;
    private volatile int failsAfter = Integer.MAX_VALUE;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Flood())
                .addStreamTracerFactory(timer.streamLimit())
                .addStreamTracerFactory(new CloseCount())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        timer.close();
    }

    @Test
    void makesNoMoreMessagesThanAClientReads() {
        Client client = call();
        client.stream.request(2);

        await().until(() -> client.received.get() == 2);
        int far = made.get();
        await().during(Duration.ofMillis(200)).until(() -> made.get() == far);
        assertThat(far * MESSAGE_BYTES).isLessThan(3_000_000);
    }

    @Test
    void givesItsPlaceBackAtTheTimeLimitThoughItsClientDoesNotRead() {
        Client client = call();
        await().until(() -> admission.requests() == 1 && made.get() > 0);

        await().until(() -> admission.requests() == 0);

        assertThat(admission.bytes()).isZero();
        assertThat(cleanups).hasValue(1);
        assertThat(client.end).isNotDone();
    }

    @Test
    void resetsTheStreamOfAClientThatNeverReads() {
        call();

        // Even the error is not sent, because it comes after the messages.
        await().untilAsserted(() -> assertThat(closed).hasValue(1));
    }

    @Test
    void keepsTheTimeLimitOfACallThatIsAnsweredAndNotRead() {
        messages = 1;
        call();
        await().until(() -> made.get() == 1);

        await().until(() -> admission.requests() == 0);

        assertThat(cleanups).hasValue(1);
    }

    @Test
    void failsWhenItsMessagesDo() {
        failsAfter = 3;
        Client client = call();
        client.stream.request(100);

        Throwable end = client.end.handle((done, failure) -> failure).join();

        assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(end.getMessage()).doesNotContain("secret");
        await().until(() -> admission.requests() == 0);
    }

    @Test
    void cleansUpOnceWhateverComesTogether() {
        Client client = call();
        await().until(() -> admission.requests() == 1);
        client.stream.cancel("test", null);
        server.shutdownNow();

        await().until(() -> admission.requests() == 0);

        assertThat(cleanups).hasValue(1);
    }

    private Client call() {
        Client client = new Client();
        ProjectorGrpc.newStub(channel).project(client);
        client.stream.onCompleted();
        return client;
    }

    /** Counts the streams that the transport has closed. */
    private final class CloseCount extends ServerStreamTracer.Factory {

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return new ServerStreamTracer() {
                @Override
                public void streamClosed(Status status) {
                    closed.incrementAndGet();
                }
            };
        }
    }

    /** Answers with large messages. */
    private final class Flood extends ProjectorGrpc.ProjectorImplBase {

        @Override
        public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
            ServedCall<TensorChunk> call = new ServedCall<>((ServerCallStreamObserver<TensorChunk>) response, calls);
            return new StreamObserver<>() {
                @Override
                public void onNext(TensorChunk chunk) {}

                @Override
                public void onError(Throwable cancellation) {}

                @Override
                public void onCompleted() {
                    call.attempt(() -> {
                        call.admit(10);
                        call.whenOver(cleanups::incrementAndGet);
                        call.answer(new Messages());
                    });
                }
            };
        }
    }

    private final class Messages implements MessageSource<TensorChunk> {

        @Override
        public @Nullable TensorChunk poll() {
            if (made.get() == failsAfter) {
                throw new IllegalStateException("secret of the library");
            }
            made.incrementAndGet();
            return TensorChunk.newBuilder()
                    .setData(ByteString.copyFrom(new byte[MESSAGE_BYTES]))
                    .build();
        }

        @Override
        public boolean isExhausted() {
            return made.get() >= messages;
        }
    }

    /** A client that reads only what it is told to. */
    private static final class Client implements ClientResponseObserver<TensorChunk, TensorChunk> {

        final AtomicInteger received = new AtomicInteger();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        ClientCallStreamObserver<TensorChunk> stream;

        @Override
        public void beforeStart(ClientCallStreamObserver<TensorChunk> call) {
            stream = call;
            call.disableAutoRequestWithInitial(0);
        }

        @Override
        public void onNext(TensorChunk chunk) {
            received.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }
    }
}

package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors through real calls: a server that answers each with the tensor that it got. */
class PacedSenderTest {

    private static final int TOKENS = 577;
    private static final int WIDTH = 1024;
    private static final TensorSpec SPEC = new TensorSpec("features", Set.of(DataType.FLOAT32), TOKENS, TOKENS, WIDTH);
    private static final StageReport REPORT =
            StageReport.newBuilder().setBatchSize(3).build();

    enum Transport {
        IN_PROCESS,
        LOOPBACK
    }

    private final Echo echo = new Echo();
    private @Nullable Server server;
    private @Nullable ManagedChannel channel;

    @AfterEach
    void close() throws InterruptedException {
        if (server == null || channel == null) {
            return;
        }
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void carriesATensorThereAndBackWithItsReport(Transport transport) throws Exception {
        start(transport);
        WireTensor tensor = randomTensor();
        Client client = new Client(true);

        call(client).send(tensor.chunks());

        assertThat(client.end()).isNull();
        assertThat(client.assembler.finish()).isEqualTo(tensor);
        assertThat(client.report).isEqualTo(REPORT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 16_384, 262_144, 524_288, 1_000_000})
    void carriesATensorInChunksOfAnySize(int chunkBytes) throws Exception {
        start(Transport.LOOPBACK);
        WireTensor tensor = randomTensor();
        Client client = new Client(true);

        call(client).send(tensor.chunks(chunkBytes));

        assertThat(client.end()).isNull();
        assertThat(client.assembler.finish()).isEqualTo(tensor);
    }

    @Test
    void sendsNoMessageOverOneMebibyte() {
        List<TensorChunk> chunks = new ArrayList<>();
        randomTensor().chunks(REPORT).forEachRemaining(chunks::add);

        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.getSerializedSize()).isLessThan(1 << 20));
        assertThat(chunks.get(0).hasHeader()).isTrue();
        assertThat(chunks.get(chunks.size() - 1).getReport()).isEqualTo(REPORT);
    }

    @ParameterizedTest
    @EnumSource
    void drawsNoMoreThanASlowReaderTakes(Transport transport) throws Exception {
        start(transport);
        echo.endless = true;
        Client client = new Client(false);
        call(client).send(randomTensor().chunks());

        client.call.request(1);
        assertThat(client.received.poll(5, TimeUnit.SECONDS)).isNotNull();
        int drawn = settled(echo.drawn);

        // The transport keeps a window's worth of messages; the rest has not been made.
        assertThat(drawn).isLessThan(10);
        client.call.request(1);
        assertThat(client.received.poll(5, TimeUnit.SECONDS)).isNotNull();
        client.cancel();
    }

    @ParameterizedTest
    @EnumSource
    void stopsWhenTheCallIsCancelled(Transport transport) throws Exception {
        start(transport);
        echo.endless = true;
        Client client = new Client(true);
        call(client).send(randomTensor().chunks());
        awaitTrue(() -> echo.drawn.get() > 20);

        client.cancel();

        awaitTrue(() -> echo.cancelled.get() == 1);
        int drawn = echo.drawn.get();
        Thread.sleep(50);
        assertThat(echo.drawn.get()).isEqualTo(drawn);
    }

    @ParameterizedTest
    @EnumSource
    void refusesALyingShapeInsteadOfAllocatingIt(Transport transport) throws Exception {
        start(transport);
        Client client = new Client(true);
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(1 << 20)
                .addShape(1 << 20)
                .build();

        call(client).send(new WireTensor(header, ByteBuffer.allocate(1_500)).chunks());

        Throwable refusal = client.end();
        assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(StageError.of(refusal).orElseThrow().reason()).isEqualTo(ErrorReason.TENSOR_MISMATCH);
    }

    @ParameterizedTest
    @EnumSource
    void endsACallOnlyOnce(Transport transport) throws Exception {
        start(transport);
        echo.failTwice = true;
        Client client = new Client(true);

        call(client).send(randomTensor().chunks());

        assertThat(client.end()).hasMessage("DATA_LOSS: first");
    }

    private PacedSender<TensorChunk> call(Client client) {
        ProjectorGrpc.newStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS).project(client);
        return client.sender;
    }

    private void start(Transport transport) throws IOException {
        if (transport == Transport.IN_PROCESS) {
            server = InProcessServerBuilder.forName("echo")
                    .addService(echo)
                    .build()
                    .start();
            channel = InProcessChannelBuilder.forName("echo").build();
        } else {
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = NettyServerBuilder.forAddress(anyPort)
                    .addService(echo)
                    .build()
                    .start();
            channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .usePlaintext()
                    .build();
        }
    }

    private static WireTensor randomTensor() {
        byte[] bytes = new byte[TOKENS * WIDTH * Float.BYTES];
        new Random(7).nextBytes(bytes);
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(TOKENS)
                .addShape(WIDTH)
                .setProducer("test")
                .build();
        return new WireTensor(header, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static int settled(AtomicInteger counter) throws InterruptedException {
        int before;
        do {
            before = counter.get();
            Thread.sleep(100);
        } while (counter.get() != before);
        return before;
    }

    /** Sends each tensor back, once or without end. */
    private static final class Echo extends ProjectorGrpc.ProjectorImplBase {

        final AtomicInteger drawn = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        volatile boolean endless;
        volatile boolean failTwice;

        @Override
        public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
            response.onNext(ProjectorDescription.getDefaultInstance());
            response.onCompleted();
        }

        @Override
        public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
            ServerCallStreamObserver<TensorChunk> call = (ServerCallStreamObserver<TensorChunk>) response;
            PacedSender<TensorChunk> sender = new PacedSender<>(call);
            call.setOnCancelHandler(() -> {
                sender.stop();
                cancelled.incrementAndGet();
            });
            TensorAssembler assembler = new TensorAssembler(SPEC);
            return new StreamObserver<>() {
                @Override
                public void onNext(TensorChunk chunk) {
                    try {
                        assembler.accept(chunk);
                    } catch (RuntimeException refusal) {
                        sender.fail(refusal);
                    }
                }

                @Override
                public void onCompleted() {
                    if (failTwice) {
                        sender.fail(Status.DATA_LOSS.withDescription("first").asException());
                        sender.fail(Status.INTERNAL.withDescription("second").asException());
                    }
                    sender.send(count(assembler.finish()));
                }

                @Override
                public void onError(Throwable cancellation) {}
            };
        }

        private Iterator<TensorChunk> count(WireTensor tensor) {
            return new Iterator<>() {
                private Iterator<TensorChunk> chunks = tensor.chunks(REPORT);

                @Override
                public boolean hasNext() {
                    return endless || chunks.hasNext();
                }

                @Override
                public TensorChunk next() {
                    drawn.incrementAndGet();
                    if (!chunks.hasNext()) {
                        chunks = tensor.chunks();
                    }
                    return chunks.next();
                }
            };
        }
    }

    /** Collects an answer; an eager one also assembles it, a lazy one takes a message only when told to. */
    private static final class Client implements ClientResponseObserver<TensorChunk, TensorChunk> {

        final TensorAssembler assembler = new TensorAssembler(SPEC);
        final BlockingQueue<TensorChunk> received = new LinkedBlockingQueue<>();
        private final BlockingQueue<Object> end = new LinkedBlockingQueue<>();
        private final boolean eager;
        volatile StageReport report = StageReport.getDefaultInstance();
        volatile ClientCallStreamObserver<TensorChunk> call;
        volatile PacedSender<TensorChunk> sender;

        Client(boolean eager) {
            this.eager = eager;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<TensorChunk> call) {
            this.call = call;
            this.sender = new PacedSender<>(call);
            if (!eager) {
                call.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(TensorChunk chunk) {
            if (!eager) {
                received.add(chunk);
            } else if (chunk.hasReport()) {
                report = chunk.getReport();
            } else if (!assembler.isComplete()) {
                assembler.accept(chunk);
            }
        }

        @Override
        public void onError(Throwable error) {
            end.add(error);
        }

        @Override
        public void onCompleted() {
            end.add("completed");
        }

        void cancel() {
            sender.stop();
            call.cancel("test", null);
        }

        /** Waits for the end; null if it was a good one. */
        Throwable end() throws InterruptedException {
            Object outcome = end.poll(20, TimeUnit.SECONDS);
            assertThat(outcome).as("end of the call").isNotNull();
            return outcome instanceof Throwable error ? error : null;
        }
    }
}

package dev.pargo.gateway.inference;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.TextDelta;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamingCallTest {

    private static final int PIECE = 256 * 1024;
    /** gRPC's own window, in bytes; what has been sent into it has not been asked for. */
    private static final int CONNECTION_WINDOW = 1024 * 1024;

    private static final int PIECES = 60;
    private static final long PATIENCE = 10_000;

    private final AtomicInteger sent = new AtomicInteger();
    private final LinkedBlockingQueue<GenerateRequest> received = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch full = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();
    private Status end = Status.OK;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        InetAddress here = InetAddress.getLoopbackAddress();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(here, 0))
                .addService(new Pieces())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress(here, server.getPort()))
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        server.awaitTermination(5, SECONDS);
    }

    @Test
    void theStageIsAtMostTheWindowAheadOfTheReader() throws Exception {
        int window = 4;
        StreamingCall<GenerateRequest, GenerateResponse> call = call(window);
        call.halfClose();

        takeIn(call, () -> full.await(1, MILLISECONDS));

        // One more may be on its way when gRPC's window is full.
        assertThat(sent).hasValueLessThanOrEqualTo(window + CONNECTION_WINDOW / PIECE + 2);
        for (int piece = 0; piece < PIECES; piece++) {
            assertThat(call.read(PATIENCE).getDelta().getChoice()).isEqualTo(piece);
        }
        assertThat(call.read(PATIENCE)).isNull();
    }

    @Test
    void messagesThatCameBeforeAFailureAreReadBeforeIt() throws Exception {
        end = Status.UNAVAILABLE.withDescription("going away");
        StreamingCall<GenerateRequest, GenerateResponse> call = call(2 * PIECES);
        call.halfClose();

        for (int piece = 0; piece < PIECES; piece++) {
            assertThat(call.read(PATIENCE)).isNotNull();
        }

        assertThatThrownBy(() -> call.read(PATIENCE))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("going away");
    }

    @Test
    void aReaderWaitsNoLongerThanItSays() {
        StreamingCall<GenerateRequest, GenerateResponse> call = call(2);

        assertThat(call.hasNext()).isFalse();
        assertThatThrownBy(() -> call.read(20)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void messagesAreSentInTheirOrder() throws Exception {
        StreamingCall<GenerateRequest, GenerateResponse> call = call(2);

        for (int number = 0; number < 50; number++) {
            GenerateRequest.Builder request = GenerateRequest.newBuilder();
            request.getStartBuilder().setMaxTokens(number);
            assertThat(call.write(request.build(), PATIENCE)).isTrue();
        }

        for (int number = 0; number < 50; number++) {
            assertThat(received.poll(10, SECONDS).getStart().getMaxTokens()).isEqualTo(number);
        }
    }

    @Test
    void aCancelledCallEndsAtTheStageToo() throws Exception {
        StreamingCall<GenerateRequest, GenerateResponse> call = call(2);
        assertThat(call.write(GenerateRequest.getDefaultInstance(), PATIENCE)).isTrue();
        takeIn(call, () -> received.poll(1, MILLISECONDS) != null);

        call.cancel("the client has left");

        assertThatThrownBy(() -> call.read(PATIENCE)).hasMessageContaining("the client has left");
        assertThat(call.write(GenerateRequest.getDefaultInstance(), PATIENCE)).isFalse();
        assertThat(cancelled.await(10, SECONDS)).isTrue();
    }

    private StreamingCall<GenerateRequest, GenerateResponse> call(int window) {
        return new StreamingCall<>(channel, LlmGrpc.getGenerateMethod(), CallOptions.DEFAULT, window);
    }

    /** Reads nothing, but takes in what arrives, until something has happened. */
    private static void takeIn(StreamingCall<?, ?> call, Callable<Boolean> happened) throws Exception {
        while (!happened.call()) {
            call.hasNext();
        }
    }

    /** Sends pieces as fast as it may when the request is complete. */
    private final class Pieces extends LlmGrpc.LlmImplBase {

        @Override
        public StreamObserver<GenerateRequest> generate(StreamObserver<GenerateResponse> observer) {
            ServerCallStreamObserver<GenerateResponse> response = (ServerCallStreamObserver<GenerateResponse>) observer;
            response.setOnCancelHandler(cancelled::countDown);
            Runnable writing = () -> write(response);
            return new StreamObserver<>() {
                private boolean complete;

                {
                    response.setOnReadyHandler(() -> {
                        if (complete) {
                            writing.run();
                        }
                    });
                }

                @Override
                public void onNext(GenerateRequest request) {
                    received.add(request);
                }

                @Override
                public void onError(Throwable left) {}

                @Override
                public void onCompleted() {
                    complete = true;
                    writing.run();
                }
            };
        }

        private void write(ServerCallStreamObserver<GenerateResponse> response) {
            while (response.isReady() && sent.get() < PIECES) {
                response.onNext(GenerateResponse.newBuilder()
                        .setDelta(TextDelta.newBuilder()
                                .setChoice(sent.getAndIncrement())
                                .setText("x".repeat(PIECE)))
                        .build());
            }
            if (sent.get() < PIECES) {
                full.countDown();
            } else if (ended.getAndSet(true)) {
                return;
            } else if (end.isOk()) {
                response.onCompleted();
            } else {
                response.onError(end.asException());
            }
        }
    }
}

package dev.pargo.evaluation.attack;

import dev.pargo.proto.CallHeaders;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A gRPC connection to a stage, for calls that a gateway would never make. */
final class StageConnection implements AutoCloseable {

    /** Bytes of an answer that the stage may send before the client has read any. */
    private static final int WINDOW = 1;

    private static final int PATIENCE_SECONDS = 30;

    private final ManagedChannel channel;

    StageConnection(InetSocketAddress port) {
        channel = NettyChannelBuilder.forAddress(port)
                .usePlaintext()
                .initialFlowControlWindow(WINDOW)
                .build();
    }

    /**
     * Makes a call and reads its answer.
     *
     * @throws IOException if the call has no end within 30 s
     */
    <Q> Status call(MethodDescriptor<Q, ?> method, List<Q> messages) throws IOException, InterruptedException {
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<Q, ?> call = begin(method, new Metadata(), end);
        call.request(Integer.MAX_VALUE);
        messages.forEach(call::sendMessage);
        call.halfClose();
        try {
            return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            call.cancel("no end", e);
            throw new IOException("the call has no end", e);
        }
    }

    /** Makes a call, reads nothing of its answer, and does not wait for its end. */
    <Q> void callAndReadNothing(MethodDescriptor<Q, ?> method, List<Q> messages) {
        ClientCall<Q, ?> call = begin(method, new Metadata(), new CompletableFuture<>());
        messages.forEach(call::sendMessage);
        call.halfClose();
    }

    /** Begins a call for a client, sends one message and no more. */
    <Q> void callAndSendOne(MethodDescriptor<Q, ?> method, Q message, String client) {
        Metadata headers = new Metadata();
        headers.put(CallHeaders.CLIENT, client);
        begin(method, headers, new CompletableFuture<>()).sendMessage(message);
    }

    /** Ends all calls. */
    @Override
    public void close() {
        channel.shutdownNow();
    }

    private <Q, R> ClientCall<Q, R> begin(
            MethodDescriptor<Q, R> method, Metadata headers, CompletableFuture<Status> end) {
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                headers);
        return call;
    }
}

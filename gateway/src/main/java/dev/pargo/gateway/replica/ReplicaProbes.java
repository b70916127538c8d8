package dev.pargo.gateway.replica;

import dev.pargo.proto.v1.DescribeRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The questions that a replica is asked, and its connection. */
final class ReplicaProbes<D> {

    private final ManagedChannel managed;
    private final Channel channel;
    private final StageContract<D> contract;

    /** @param channel the managed channel with its listeners */
    ReplicaProbes(ManagedChannel managed, Channel channel, StageContract<D> contract) {
        this.managed = managed;
        this.channel = channel;
        this.contract = contract;
    }

    /** Whether the replica takes calls. Fails with {@link io.grpc.StatusRuntimeException}. */
    CompletableFuture<HealthCheckResponse> check(Duration timeout) {
        return ask(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance(), timeout);
    }

    /** The replica's description. Fails with {@link io.grpc.StatusRuntimeException}. */
    CompletableFuture<D> describe(Duration timeout) {
        return ask(contract.describe(), DescribeRequest.getDefaultInstance(), timeout);
    }

    /** Calls the listener whenever a connection is lost. */
    void onDisconnect(Runnable listener) {
        ConnectivityState now = managed.getState(true);
        if (now != ConnectivityState.SHUTDOWN) {
            managed.notifyWhenStateChanged(now, () -> {
                if (now == ConnectivityState.READY) {
                    listener.run();
                }
                onDisconnect(listener);
            });
        }
    }

    /** Tries to connect at once, unless there is a connection or an attempt. */
    void connect() {
        managed.resetConnectBackoff();
        managed.getState(true);
    }

    /** Gives up an attempt to connect that hangs, or a connection over which nothing arrives. */
    void reconnect() {
        managed.enterIdle();
        managed.getState(true);
    }

    boolean isConnected() {
        return managed.getState(false) == ConnectivityState.READY;
    }

    private <Q, R> CompletableFuture<R> ask(MethodDescriptor<Q, R> method, Q question, Duration timeout) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(method, options), question, new StreamObserver<>() {
            @Override
            public void onNext(R value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                // A call that ends without error and without an answer violates the protocol. No effect after an
                // answer.
                answer.completeExceptionally(Status.INTERNAL.asRuntimeException());
            }
        });
        return answer;
    }
}

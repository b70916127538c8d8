package dev.pargo.stage.call;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;

/**
 * The threads that run gRPC's callbacks, apart from Netty's event loop. Callbacks copy bytes and submit work. They
 * never wait, so a few threads serve all calls.
 */
public final class HandlerThreads implements GrpcServerExecutorProvider, AutoCloseable {

    private final ExecutorService threads = Executors.newFixedThreadPool(
            Math.max(4, Runtime.getRuntime().availableProcessors()), task -> new Thread(task, "grpc-handler"));

    @Override
    public Executor getExecutor() {
        return threads;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}

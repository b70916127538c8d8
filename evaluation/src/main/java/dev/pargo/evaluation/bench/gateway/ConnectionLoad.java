package dev.pargo.evaluation.bench.gateway;

import dev.pargo.evaluation.bench.Distribution;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.DoubleStream;

/** Sends requests over a fixed number of kept-alive connections, with one thread for each. */
final class ConnectionLoad implements AutoCloseable {

    private final List<KeptConnection> connections = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong number = new AtomicLong();

    ConnectionLoad(int port, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            this.connections.add(new KeptConnection(port));
        }
    }

    /**
     * Result of a measurement.
     *
     * @param answered number of answered requests
     * @param millis   times of the requests, in milliseconds
     */
    record Result(int answered, double seconds, Distribution millis) {

        double perSecond() {
            return answered / seconds;
        }
    }

    /**
     * Sends requests in a closed loop: each connection sends its next request when the last one has been answered.
     *
     * @param request returns the request for a number; no two requests have the same number
     */
    Result closed(LongFunction<byte[]> request, Duration time) throws IOException, InterruptedException {
        return run(request, 0, time);
    }

    /**
     * Sends requests at a fixed rate. A request's time is measured from when it was due, so the time that it waits for a free
     * connection counts.
     */
    Result open(LongFunction<byte[]> request, double perSecond, Duration time)
            throws IOException, InterruptedException {
        return run(request, (long) (1e9 / perSecond), time);
    }

    private Result run(LongFunction<byte[]> request, long interval, Duration time)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        AtomicLong due = new AtomicLong(start);
        List<Future<double[]>> parts = new ArrayList<>();
        for (KeptConnection connection : connections) {
            parts.add(threads.submit(() -> {
                DoubleStream.Builder millis = DoubleStream.builder();
                while (true) {
                    byte[] bytes = request.apply(number.getAndIncrement());
                    long from = interval == 0 ? System.nanoTime() : due.getAndAdd(interval);
                    if (from >= end) {
                        return millis.build().toArray();
                    }
                    TimeUnit.NANOSECONDS.sleep(from - System.nanoTime());
                    connection.exchange(bytes);
                    millis.add((System.nanoTime() - from) / 1e6);
                }
            }));
        }
        List<double[]> times = new ArrayList<>();
        for (Future<double[]> part : parts) {
            times.add(result(part));
        }
        return new Result(
                times.stream().mapToInt(part -> part.length).sum(),
                (System.nanoTime() - start) / 1e9,
                Distribution.of(times.stream().flatMapToDouble(DoubleStream::of)));
    }

    private static double[] result(Future<double[]> part) throws IOException, InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed);
        }
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (KeptConnection connection : connections) {
            connection.close();
        }
    }
}

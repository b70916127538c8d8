package dev.pargo.gateway.picture;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.inference.RequestScope;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;

/**
 * Fetches pictures for requests. A request waits until the pictures have arrived, its deadline has passed, or its
 * client has disconnected. Thread-safe.
 */
final class PictureFetcher implements AutoCloseable {

    /** Number of pictures of one request that are fetched at the same time. */
    private static final int AT_ONCE = 4;

    private static final int SLICE_MILLIS = 50;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final HttpClient client;
    private final FetchProperties rules;
    private final Tracer tracer;
    private final ThreadPoolExecutor threads;

    /** @param client connects to public addresses only; it is started here and stopped by {@link #close} */
    PictureFetcher(HttpClient client, FetchProperties rules, Tracer tracer) {
        this.client = client;
        this.rules = rules;
        this.tracer = tracer;
        this.threads = new ThreadPoolExecutor(
                0, rules.concurrency(), 10, TimeUnit.SECONDS, new SynchronousQueue<>(), PictureFetcher::thread);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "picture-fetch");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Fetches pictures.
     *
     * @param maxBytes largest file
     * @param memory   counts the bytes of the files
     * @return the files, in the order of their sources
     * @throws GatewayException naming the field, if one cannot be fetched
     */
    List<byte[]> fetch(List<PictureSource> sources, long maxBytes, RequestBody memory, RequestScope scope) {
        List<Running> running = new ArrayList<>();
        try {
            List<byte[]> files = new ArrayList<>();
            for (PictureSource source : sources) {
                if (running.size() - files.size() == AT_ONCE) {
                    files.add(await(running.get(files.size()), scope));
                }
                running.add(start(source, maxBytes, memory));
            }
            while (files.size() < running.size()) {
                files.add(await(running.get(files.size()), scope));
            }
            return files;
        } finally {
            running.forEach(fetch -> fetch.file.cancel(true));
        }
    }

    private Running start(PictureSource source, long maxBytes, RequestBody memory) {
        try {
            WebUrl url = WebUrl.parse(String.valueOf(source.url()), rules);
            Fetch fetch = new Fetch(client, rules, url, maxBytes, memory);
            Context request = Context.current();
            return new Running(source.param(), fetch, threads.submit(() -> call(fetch, request)));
        } catch (FetchException refused) {
            throw refused.toClient(source.param());
        } catch (RejectedExecutionException full) {
            throw GatewayException.busy("The gateway fetches no more pictures at the moment", RETRY);
        }
    }

    private byte[] call(Fetch fetch, Context request) throws Exception {
        Span span = tracer.spanBuilder("fetch picture").setParent(request).startSpan();
        try {
            return fetch.call();
        } catch (Exception failure) {
            span.setStatus(StatusCode.ERROR);
            throw failure;
        } finally {
            span.end();
        }
    }

    private static byte[] await(Running running, RequestScope scope) {
        while (true) {
            scope.pulse().run();
            if (scope.deadline().isExpired()) {
                throw GatewayException.deadline("The request's time ran out while its pictures were fetched");
            }
            try {
                return running.file.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                // The lookup of a name cannot be interrupted.
                if (running.fetch.isLate()) {
                    throw running.fetch.late().toClient(running.param);
                }
            } catch (ExecutionException failed) {
                throw reason(failed.getCause(), running.param);
            } catch (InterruptedException shutdown) {
                Thread.currentThread().interrupt();
                throw GatewayException.unavailable("The gateway is shutting down", RETRY);
            }
        }
    }

    private static RuntimeException reason(Throwable failure, String param) {
        if (failure instanceof FetchException refused) {
            return refused.toClient(param);
        }
        return failure instanceof GatewayException refused
                ? refused
                : GatewayException.failed("The gateway failed", failure);
    }

    @Override
    public void close() throws Exception {
        threads.shutdownNow();
        client.stop();
    }

    private record Running(String param, Fetch fetch, Future<byte[]> file) {}
}

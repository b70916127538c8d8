package dev.pargo.gateway.inference;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Works on several pictures of a request at once. The request's own thread takes one picture after the other, and free
 * threads help it, so that no request waits for a thread. A helper tries once. If it fails, it gives its picture back,
 * and the request's own thread tries again or ends the request. Thread-safe.
 */
@Component
final class PictureThreads implements AutoCloseable {

    /** Most helpers of all requests. */
    private static final int THREADS = 64;

    private final int atOnce;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), PictureThreads::thread);

    @Autowired
    PictureThreads(GatewayProperties properties) {
        this(properties.picturesAtOnce());
    }

    /** @param atOnce most pictures of one request, by its own thread and the helpers */
    PictureThreads(int atOnce) {
        this.atOnce = atOnce;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "picture");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Works on all pictures of a request. No helper is at work any more when this returns or throws.
     *
     * @param pictures number of pictures
     * @param own      work on the picture of an index by the request's own thread; its failures end the request
     * @param help     the same work by a helper
     * @return the results in the order of the pictures
     */
    <T> List<T> all(int pictures, RequestScope scope, Own<T> own, Help<T> help) throws SetGoneException {
        return new Job<>(pictures, scope, help).run(own);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    interface Own<T> {
        T make(int picture) throws SetGoneException;
    }

    interface Help<T> {
        /** @param scope of the request, on the helper's thread */
        T make(int picture, RequestScope scope) throws StageException, SetGoneException;
    }

    /** @param result of a helper's work on a picture; null if it gives the picture back */
    private record Helped<T>(int picture, @Nullable T result) {}

    private final class Job<T> {

        private final int pictures;
        private final RequestScope scope;
        private final Help<T> help;
        private final Queue<Integer> open = new ConcurrentLinkedQueue<>();
        private final BlockingQueue<Helped<T>> helped = new LinkedBlockingQueue<>();
        private final Phaser atWork = new Phaser(1);
        private volatile boolean ended;

        Job(int pictures, RequestScope scope, Help<T> help) {
            this.pictures = pictures;
            this.scope = scope;
            this.help = help;
            IntStream.range(0, pictures).forEach(open::add);
        }

        List<T> run(Own<T> own) throws SetGoneException {
            try {
                startHelpers();
                List<@Nullable T> results = new ArrayList<>(Collections.nCopies(pictures, null));
                int missing = pictures;
                while (missing > 0) {
                    @Nullable Integer picture = open.poll();
                    Helped<T> made = picture == null ? awaitHelper() : new Helped<>(picture, own.make(picture));
                    if (made.result == null) {
                        open.add(made.picture);
                    } else {
                        results.set(made.picture, made.result);
                        missing--;
                    }
                }
                return results;
            } finally {
                ended = true;
                atWork.arriveAndAwaitAdvance();
            }
        }

        private void startHelpers() {
            Context request = Context.current();
            for (int others = Math.min(atOnce, pictures) - 1; others > 0; others--) {
                atWork.register();
                try {
                    threads.execute(request.wrap(this::help));
                } catch (RejectedExecutionException noneIsFree) {
                    atWork.arriveAndDeregister();
                    return;
                }
            }
        }

        private void help() {
            RequestScope helping = new RequestScope(scope.id(), scope.client(), scope.deadline(), this::stopIfEnded);
            try {
                @Nullable Integer picture;
                while (!ended && (picture = open.poll()) != null && make(picture, helping)) {
                    // The next one.
                }
            } finally {
                atWork.arriveAndDeregister();
            }
        }

        /** Gives the picture back in any case, with or without a result, and says whether it has one. */
        private boolean make(int picture, RequestScope helping) {
            @Nullable T result = null;
            try {
                result = help.make(picture, helping);
            } catch (StageException | SetGoneException | RuntimeException failure) {
                // The request's own thread tries again.
            } finally {
                helped.add(new Helped<>(picture, result));
            }
            return result != null;
        }

        private void stopIfEnded() {
            if (ended) {
                throw new CancellationException();
            }
        }

        private Helped<T> awaitHelper() {
            while (true) {
                scope.pulse().run();
                if (scope.deadline().isExpired()) {
                    throw GatewayException.deadline("The request's time ran out while its pictures were encoded");
                }
                try {
                    @Nullable Helped<T> next = helped.poll(StageCall.SLICE_MILLIS, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        return next;
                    }
                } catch (InterruptedException shutdown) {
                    Thread.currentThread().interrupt();
                    throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
                }
            }
        }
    }
}

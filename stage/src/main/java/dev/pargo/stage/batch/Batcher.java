package dev.pargo.stage.batch;

import dev.pargo.proto.StageError;
import dev.pargo.stage.admission.FairShares;
import dev.pargo.stage.admission.RecentTime;
import dev.pargo.stage.device.DeviceWork;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gathers concurrent requests into batches. The client that has been served least is next (see {@link FairShares}); of its
 * requests, the one that was submitted first.
 *
 * <p>A request is first announced (its header has come) and later submitted (its input is ready). While the device is
 * free, the n queued requests start as a batch
 *
 * <ul>
 *   <li>at once, if n is the largest batch size or no other request is announced, so a lone request never waits;
 *   <li>otherwise when the batch is full, when no announced request is left to wait for, or when the oldest request has
 *       waited for the longest time allowed.
 * </ul>
 *
 * Requests also gather while the device is busy, so under load batches fill without extra waiting. The queue is bounded
 * by the {@link dev.pargo.stage.admission.Admission} that requests pass before they are announced.
 *
 * <p>Thread-safe. The network is called by one thread, the executor's.
 */
public final class Batcher<I, O> implements DeviceWork {

    private final BatchLimits limits;
    private final Function<List<I>, List<O>> network;
    private final StageMetrics metrics;
    private final LongSupplier nanoClock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Request> queue = new ArrayDeque<>();
    private final FairShares shares = new FairShares();
    private int announced;
    private final RecentTime batchTime = new RecentTime();
    private @Nullable StageError abandoned;

    /** The next batch; used by the executor's thread only. */
    private List<Request> gathered = List.of();

    /**
     * @param network   runs a batch; returns one output for each input, in the same order
     * @param nanoClock as {@link System#nanoTime()}
     */
    public Batcher(
            BatchLimits limits, Function<List<I>, List<O>> network, StageMetrics metrics, LongSupplier nanoClock) {
        this.limits = limits;
        this.network = network;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        metrics.watchQueue(this::queued);
    }

    /**
     * Announces a request. The caller must submit or cancel it.
     *
     * @param client opaque name of the client
     */
    public Request announce(String client) {
        return locked(() -> {
            announced++;
            return new Request(client);
        });
    }

    /** When the requests that are queued now will have been computed, estimated from recent batches. */
    public Duration estimatedWait() {
        return locked(() -> {
            int batches = queue.size() / limits.maxSize() + 1;
            return batchTime.average().multipliedBy(batches);
        });
    }

    /** Requests that wait for a forward pass. */
    public int queued() {
        return locked(queue::size);
    }

    @Override
    public void await() throws InterruptedException {
        gathered = gather();
    }

    @Override
    public Result step() {
        List<Request> batch = gathered;
        gathered = List.of();
        return compute(batch);
    }

    @Override
    public void abandon(StageError reason) {
        List<Request> orphans = locked(() -> {
            abandoned = reason;
            return take(queue.size());
        });
        orphans.addAll(gathered);
        orphans.forEach(request -> request.answer.completeExceptionally(reason.toException()));
    }

    private List<Request> gather() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long wait = nanosToWait();
            while (wait > 0) {
                changed.awaitNanos(wait);
                wait = nanosToWait();
            }
            return take(limits.maxSize());
        } finally {
            lock.unlock();
        }
    }

    /** How long to wait for more requests if nothing changes; 0 or less to start now. Called with the lock held. */
    long nanosToWait() {
        Request oldest = queue.peek();
        if (oldest == null) {
            return Long.MAX_VALUE;
        }
        if (queue.size() >= limits.maxSize() || announced == 0) {
            return 0;
        }
        return limits.maxWait().toNanos() - (nanoClock.getAsLong() - oldest.submittedAt);
    }

    /** Takes the requests that are next; called with the lock. */
    private List<Request> take(int most) {
        shares.activate(queue.stream().map(Request::client).collect(Collectors.toSet()));
        List<Request> taken = new ArrayList<>();
        while (taken.size() < most && !queue.isEmpty()) {
            // Requests of equally served clients stay in the order of their submission.
            Request next = Collections.min(queue, Comparator.comparingLong(request -> shares.of(request.client())));
            queue.remove(next);
            shares.charge(next.client(), 1);
            taken.add(next);
        }
        return taken;
    }

    private Result compute(List<Request> batch) {
        long start = nanoClock.getAsLong();
        List<O> outputs;
        try {
            batch.forEach(request -> request.onStart.run());
            outputs = network.apply(batch.stream().map(Request::input).toList());
            if (outputs.size() != batch.size()) {
                throw new IllegalStateException(
                        "the network answered %d of %d requests".formatted(outputs.size(), batch.size()));
            }
        } catch (StatusRuntimeException refusal) {
            batch.forEach(request -> request.answer.completeExceptionally(refusal));
            return isUnanswered(refusal.getStatus().getCode()) ? Result.UNKNOWN : Result.FAILED;
        } catch (Throwable failure) {
            batch.forEach(request -> request.answer.completeExceptionally(failure));
            if (failure instanceof Error error) {
                throw error;
            }
            return Result.FAILED;
        }
        long nanos = nanoClock.getAsLong() - start;
        batchTime.add(nanos);
        metrics.recordStep(batch.size(), nanos);
        for (int i = 0; i < batch.size(); i++) {
            Request request = batch.get(i);
            long queueNanos = start - request.submittedAt;
            metrics.recordWait(queueNanos);
            request.answer.complete(
                    new Batched<>(outputs.get(i), Duration.ofNanos(queueNanos), Duration.ofNanos(nanos), batch.size()));
        }
        return Result.SUCCEEDED;
    }

    /** Whether a network on another server was lost or busy, which tells nothing about the numbers it computes. */
    private static boolean isUnanswered(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.RESOURCE_EXHAUSTED;
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** One request, from its announcement to its answer. Thread-safe. */
    public final class Request {

        private final CompletableFuture<Batched<O>> answer = new CompletableFuture<>();
        private final String client;
        private boolean settled;
        private @Nullable I input;
        private Runnable onStart = () -> {};
        private long submittedAt;

        private Request(String client) {
            this.client = client;
        }

        private String client() {
            return client;
        }

        /**
         * Queues the request.
         *
         * @return completed on the executor's thread: with the output, with the network's exception, with the {@link
         *     StageError} that ended the executor, or cancelled
         */
        public CompletableFuture<Batched<O>> submit(I input) {
            return submit(input, () -> {});
        }

        /**
         * Queues the request.
         *
         * @param onStart called on the executor's thread when the request's batch starts; must not block
         * @return as above
         */
        public CompletableFuture<Batched<O>> submit(I input, Runnable onStart) {
            StageError refusal = locked(() -> {
                if (leaveAnnounced() && abandoned == null) {
                    this.input = input;
                    this.onStart = onStart;
                    submittedAt = nanoClock.getAsLong();
                    queue.add(this);
                }
                return abandoned;
            });
            if (refusal != null) {
                answer.completeExceptionally(refusal.toException());
            }
            return answer;
        }

        /** Cancels the request. It is not computed unless its batch has started. No effect if the request is over. */
        public void cancel() {
            locked(() -> leaveAnnounced() || queue.remove(this));
            answer.cancel(false);
        }

        private boolean leaveAnnounced() {
            if (settled) {
                return false;
            }
            settled = true;
            announced--;
            changed.signal();
            return true;
        }

        private I input() {
            return Objects.requireNonNull(input);
        }
    }
}

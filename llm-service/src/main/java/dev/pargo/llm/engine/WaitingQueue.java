package dev.pargo.llm.engine;

import dev.pargo.proto.StageError;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for admission to the running batch, including suspended requests. The client that has been served
 * least is next; of its requests, the one that was submitted first. The length of the queue is bounded by the stage's
 * admission, which requests pass before they are submitted.
 *
 * <p>Thread-safe. Any thread adds; only the device's thread takes out.
 */
final class WaitingQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<SequenceGroup> groups = new ArrayDeque<>();
    private @Nullable StageError closed;

    /** Adds a request. After {@link #close} the request fails instead. */
    void add(SequenceGroup group) {
        StageError reason;
        lock.lock();
        try {
            reason = closed;
            if (reason == null) {
                groups.add(group);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (reason != null) {
            group.fail(reason.toException());
        }
    }

    int size() {
        lock.lock();
        try {
            return groups.size();
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until there is a request. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (groups.isEmpty()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until a request is added or {@link #wake} is called, or for the given time. */
    void awaitChange(Duration most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            changed.awaitNanos(most.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /** Ends {@link #awaitChange}. */
    void wake() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next request, which stays in the queue; null if there is none. Paused requests are skipped.
     *
     * @param served work done for a client so far
     */
    @Nullable
    SequenceGroup first(ToLongFunction<String> served) {
        lock.lock();
        try {
            return groups.stream()
                    .filter(group -> !group.isPaused())
                    .min(Comparator.<SequenceGroup>comparingLong(group ->
                                    served.applyAsLong(group.request().origin().client()))
                            .thenComparingLong(SequenceGroup::submitted))
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    /** Clients with requests in the queue. */
    Set<String> clients() {
        lock.lock();
        try {
            return groups.stream()
                    .map(group -> group.request().origin().client())
                    .collect(Collectors.toCollection(HashSet::new));
        } finally {
            lock.unlock();
        }
    }

    /** Takes a request out. */
    void remove(SequenceGroup group) {
        lock.lock();
        try {
            groups.remove(group);
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the requests for which the predicate is true. */
    List<SequenceGroup> removeIf(Predicate<SequenceGroup> predicate) {
        lock.lock();
        try {
            List<SequenceGroup> removed = groups.stream().filter(predicate).toList();
            groups.removeAll(removed);
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out all requests. Requests that are added later fail with the reason. */
    List<SequenceGroup> close(StageError reason) {
        lock.lock();
        try {
            closed = reason;
            List<SequenceGroup> rest = new ArrayList<>(groups);
            groups.clear();
            return rest;
        } finally {
            lock.unlock();
        }
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.device.DeviceWork;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes many requests at once. Before every step waiting requests join the running batch, so a request never waits
 * for another's answer to end while there is a free slot. A step reads a bounded number of prompt rows and writes one
 * token of every running answer.
 *
 * <p>Every submitted request ends exactly once: finished, failed, or cancelled by its owner. The queue is bounded by the
 * {@link dev.pargo.stage.admission.Admission} that requests pass before they are submitted.
 *
 * <p>{@link #submit} and {@link #estimatedWait} are thread-safe; the rest belongs to the device's thread.
 */
public final class Engine implements DeviceWork, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /** Weight of the newest answer in the moving average of the time that an answer holds its slot. */
    private static final double NEWEST = 0.1;

    private final CausalLm lm;
    private final Tokenizer tokenizer;
    private final int promptRows;
    private final StageMetrics metrics;
    private final KvCache cache;
    private final SlotPool slots;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition submitted = lock.newCondition();
    private final Queue<Generation> waiting = new ArrayDeque<>();
    private double averageAnswerNanos;
    private @Nullable StageError abandoned;

    private final List<Generation> running = new ArrayList<>();

    /**
     * Allocates the KV cache.
     *
     * @throws KvBudgetException if the KV cache's memory is too small for useful slots
     */
    public Engine(CausalLm lm, Tokenizer tokenizer, EngineProperties properties, StageMetrics metrics) {
        this.lm = lm;
        this.tokenizer = tokenizer;
        this.promptRows = properties.promptRows();
        this.metrics = metrics;
        int tokensPerSlot = KvBudget.tokensPerSlot(
                properties.kvCache(),
                properties.slots(),
                lm.kvBytesPerToken(),
                lm.config().context());
        this.cache = lm.newCache(properties.slots(), tokensPerSlot);
        this.slots = new SlotPool(properties.slots());
        metrics.queueDepth(this::waiting);
    }

    /** Most tokens of prompt and answer together. */
    public int contextTokens() {
        return cache.tokensPerSlot();
    }

    /** Requests that wait for a slot. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** When a request that came now would get its slot, by the time recent answers took. */
    public Duration estimatedWait() {
        lock.lock();
        try {
            return Duration.ofNanos((long) (averageAnswerNanos * (waiting.size() + 1) / cache.slots()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands a request in. Its prompt leaves room for an answer.
     *
     * @param listener hears of the answer, and of the engine's end if that comes first
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        Generation generation = new Generation(request, listener, tokenizer.newDetokenizer(), System.nanoTime());
        lock.lock();
        try {
            if (abandoned != null) {
                generation.fail(abandoned.toException());
            } else {
                waiting.add(generation);
                submitted.signal();
            }
        } finally {
            lock.unlock();
        }
        return generation;
    }

    @Override
    public void step() throws InterruptedException {
        if (running.isEmpty()) {
            awaitSubmission();
        }
        drop();
        admit();
        if (!running.isEmpty()) {
            forward(Batch.of(running, promptRows));
        }
    }

    private void awaitSubmission() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                submitted.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops the requests that nobody waits for any more. */
    private void drop() {
        long now = System.nanoTime();
        List<Generation> left = running.stream()
                .filter(generation -> isAbandoned(generation, now))
                .toList();
        left.forEach(this::leave);
        lock.lock();
        try {
            waiting.removeIf(generation -> isAbandoned(generation, now));
        } finally {
            lock.unlock();
        }
    }

    private static boolean isAbandoned(Generation generation, long now) {
        if (generation.isExpired(now)) {
            generation.fail(Status.DEADLINE_EXCEEDED
                    .withDescription("The answer was not complete in time.")
                    .asRuntimeException());
            return true;
        }
        return generation.isCancelled();
    }

    private void admit() {
        while (slots.hasFree()) {
            Generation next = poll();
            if (next == null) {
                return;
            }
            next.join(slots.take(), System.nanoTime());
            metrics.queued(next.queueNanos());
            running.add(next);
            try {
                next.read(lm.embed(next.request().prompt()));
            } catch (RuntimeException e) {
                fail(List.of(next), e);
            }
        }
    }

    private @Nullable Generation poll() {
        lock.lock();
        try {
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    /** One forward pass. If it fails, so do the requests that took part, and only those. */
    private void forward(Batch batch) {
        long begin = System.nanoTime();
        int[] next;
        try (Logits logits = lm.step(cache, batch.step())) {
            next = logits.sample(batch.sampling(), batch.uniforms());
        } catch (RuntimeException e) {
            fail(batch.sequences(), e);
            return;
        }
        long end = System.nanoTime();
        metrics.batch(batch.sequences().size(), end - begin);
        for (int i = 0; i < next.length; i++) {
            Generation generation = batch.sequences().get(i);
            generation.spent(end - begin);
            if (batch.answers(i)
                    && generation.accept(next[i], lm.config().eos().contains(next[i]), contextTokens(), end)) {
                remember(end - generation.joined());
                leave(generation);
            }
        }
    }

    private void fail(List<Generation> generations, RuntimeException cause) {
        log.error("{} requests failed in the network", generations.size(), cause);
        for (Generation generation : generations) {
            generation.fail(new StageError(ErrorReason.INTERNAL, "The language model failed.").toException());
            leave(generation);
        }
    }

    private void leave(Generation generation) {
        generation.leavePrompt();
        slots.free(generation.slot());
        running.remove(generation);
    }

    private void remember(long answerNanos) {
        lock.lock();
        try {
            averageAnswerNanos = averageAnswerNanos == 0
                    ? answerNanos
                    : averageAnswerNanos + NEWEST * (answerNanos - averageAnswerNanos);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void abandon(StageError reason) {
        lock.lock();
        try {
            abandoned = reason;
            waiting.forEach(generation -> generation.fail(reason.toException()));
            waiting.clear();
        } finally {
            lock.unlock();
        }
        for (Generation generation : List.copyOf(running)) {
            generation.fail(reason.toException());
            leave(generation);
        }
    }

    /** Frees the KV cache; the device's executor has ended before. */
    @Override
    public void close() {
        cache.close();
    }
}

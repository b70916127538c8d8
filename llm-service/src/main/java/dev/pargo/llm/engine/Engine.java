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
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
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
    private final EngineProperties properties;
    private final StageMetrics stageMetrics;
    private final EngineMetrics metrics;
    private final int sequences;
    private final KvCache cache;
    private final KvSlots slots;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition submitted = lock.newCondition();
    private final Queue<SequenceGroup> waiting = new ArrayDeque<>();
    private double averageAnswerNanos;
    private @Nullable StageError abandoned;

    private final List<SequenceGroup> running = new ArrayList<>();

    /**
     * Allocates the KV cache.
     *
     * @throws KvBudgetException if the KV cache's memory is too small
     */
    public Engine(
            CausalLm lm,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics) {
        this.lm = lm;
        this.tokenizer = tokenizer;
        this.properties = properties;
        this.stageMetrics = stageMetrics;
        this.metrics = metrics;
        KvBudget budget =
                KvBudget.of(properties, lm.kvBytesPerToken(), lm.config().context());
        this.sequences = budget.sequences();
        this.cache = lm.newCache(budget.slots(), budget.tokensPerSlot());
        this.slots = new KvSlots(budget.slots());
        stageMetrics.queueDepth(this::waiting);
        metrics.waiting(this::waiting);
    }

    /** Most tokens of prompt and answer together. */
    public int contextTokens() {
        return cache.tokensPerSlot();
    }

    /** Most answers, or beams, of one request. */
    public int maxSequences() {
        return sequences;
    }

    /** Slots of the KV cache. */
    int slots() {
        return cache.slots();
    }

    /** Slots that no request owns; asked for when the engine rests. */
    int freeSlots() {
        return slots.free();
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
            return Duration.ofNanos((long) (averageAnswerNanos * (waiting.size() + 1) / sequences));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands a request in. Its prompt leaves room for an answer, and it asks for no more than {@link #maxSequences}.
     *
     * @param listener hears of the answers, and of the engine's end if that comes first
     */
    public SequenceGroup submit(GenerationRequest request, GenerationListener listener) {
        SequenceGroup generation = new SequenceGroup(request, metrics.listening(request, listener), System.nanoTime());
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
            showRunning();
            forward(new StepPlan(running, properties));
        }
        showRunning();
    }

    private void showRunning() {
        metrics.running(running.size(), (double) runningSlots() / sequences);
    }

    private int runningSlots() {
        return running.stream()
                .mapToInt(generation -> generation.request().slots())
                .sum();
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
        Predicate<SequenceGroup> dropped = generation -> generation.isCancelled() || generation.isExpired(now);
        List<SequenceGroup> left =
                new ArrayList<>(running.stream().filter(dropped).toList());
        left.forEach(this::leave);
        lock.lock();
        try {
            waiting.stream().filter(dropped).forEach(left::add);
            waiting.removeAll(left);
        } finally {
            lock.unlock();
        }
        left.forEach(generation -> generation.fail(Status.DEADLINE_EXCEEDED
                .withDescription("The answer was not complete in time.")
                .asRuntimeException()));
    }

    /** Lets waiting requests join in their order, as long as the next one's slots are free. */
    private void admit() {
        SequenceGroup next = poll(sequences - runningSlots());
        while (next != null) {
            join(next);
            next = poll(sequences - runningSlots());
        }
    }

    private @Nullable SequenceGroup poll(int mostSlots) {
        lock.lock();
        try {
            SequenceGroup next = waiting.peek();
            return next == null || next.request().slots() > mostSlots ? null : waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    private void join(SequenceGroup generation) {
        // First of all, for whatever goes wrong, a running generation hears of it.
        running.add(generation);
        GenerationRequest request = generation.request();
        KvSlots.Lease lease = slots.take(request.keys());
        int[] own = new int[request.slots()];
        own[0] = lease.slot();
        for (int i = 1; i < own.length; i++) {
            own[i] = slots.takeAny();
        }
        generation.join(own, lease.reusable(), System.nanoTime());
        stageMetrics.queued(generation.queueNanos());
        metrics.joined(request.promptTokens(), lease.reusable());
        try {
            DecodingStrategy decoding = decoding(generation, own);
            if (lease.source() != lease.slot()) {
                cache.copy(new int[] {lease.source()}, new int[] {lease.slot()}, 0, lease.reusable());
            }
            generation.begin(lm.embed(request.prompt()), decoding);
        } catch (RuntimeException e) {
            fail(List.of(generation), e);
        }
    }

    private DecodingStrategy decoding(SequenceGroup generation, int[] own) {
        GenerationRequest request = generation.request();
        int room = contextTokens() - request.promptTokens();
        if (request.beams() != null) {
            BeamScorer search = new BeamScorer(request.beams(), request.stopIds());
            return new BeamSearchStrategy(
                    search, request, room, tokenizer.newDetokenizer(), own, cache, generation::onText);
        }
        List<Sequence> answers = new ArrayList<>();
        for (int choice = 0; choice < own.length; choice++) {
            answers.add(new Sequence(
                    choice,
                    generation,
                    room,
                    tokenizer.newDetokenizer(),
                    new SplittableRandom(request.seed() + choice),
                    properties.promptLookup()));
        }
        return new SamplingStrategy(answers, own, request.promptTokens(), cache);
    }

    /** One forward pass. If it fails, so do the requests that took part, and only those. */
    private void forward(StepPlan plan) {
        long begin = System.nanoTime();
        try (Logits logits = lm.step(cache, plan.step())) {
            Sampler draws = new Sampler();
            plan.firstRows().forEach((generation, row) -> generation.decide(logits, row, draws));
            draws.run(logits);
        } catch (RuntimeException e) {
            fail(plan.sequences(), e);
            return;
        }
        // Not before the tokens are here: a GPU computes while this thread goes on.
        long end = System.nanoTime();
        stageMetrics.batch(plan.size(), end - begin);
        for (SequenceGroup generation : plan.sequences()) {
            generation.stepped(end - begin, end);
            slots.holds(generation.slots()[0], generation.promptRead());
        }
        for (SequenceGroup generation : plan.firstRows().keySet()) {
            RuntimeException failure = generation.failure();
            if (failure != null) {
                fail(List.of(generation), failure);
            } else if (generation.decoding().isComplete()) {
                remember(end - generation.joined());
                // Whoever hears of the end finds the slots free.
                leave(generation);
                generation.finish(end);
            }
        }
    }

    private void fail(List<SequenceGroup> generations, RuntimeException cause) {
        log.error("{} requests failed in the network", generations.size(), cause);
        for (SequenceGroup generation : generations) {
            discard(generation);
            generation.fail(new StageError(ErrorReason.INTERNAL, "The language model failed.").toException());
        }
    }

    /** Gives everything back; what the slots hold is remembered. */
    private void leave(SequenceGroup generation) {
        leave(generation, generation.contents());
    }

    /** Gives everything back; nobody knows what the slots hold. */
    private void discard(SequenceGroup generation) {
        leave(generation, Collections.nCopies(generation.slots().length, new long[0]));
    }

    private void leave(SequenceGroup generation, List<long[]> contents) {
        generation.leavePrompt();
        running.remove(generation);
        metrics.written(generation.tokensWritten());
        int[] own = generation.slots();
        for (int i = 0; i < own.length; i++) {
            slots.release(own[i], contents.get(i));
        }
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
        List<SequenceGroup> left = new ArrayList<>(running);
        lock.lock();
        try {
            abandoned = reason;
            left.addAll(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        // After a crash nothing is certain, so everybody hears of it before anything is given back.
        left.forEach(generation -> generation.fail(reason.toException()));
        List.copyOf(running).forEach(this::discard);
        showRunning();
    }

    /** Frees the KV cache; the device's executor has ended before. */
    @Override
    public void close() {
        cache.close();
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.failure.FailureLine;
import dev.pargo.stage.admission.FairShares;
import dev.pargo.stage.admission.RecentTime;
import dev.pargo.stage.device.DeviceWork;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes many requests at once by continuous batching (Orca, OSDI 2022): a request joins the running batch before any
 * step, as soon as the KV cache has pages for it, and leaves it after the step that completes it. A step reads a
 * bounded number of prompt rows and writes the next token of every running sequence, in one forward pass.
 *
 * <p>Clients share the device fairly. The client that has been served least is next (see {@link FairShares}). If none
 * of its requests run, running requests of clients that have been served more are suspended for it, after a turn of
 * {@link EngineProperties#turn} or more. Requests that their clients have paused are suspended at once for any other
 * request. If the KV cache has no pages left for the running answers, one is suspended: the youngest of the client that
 * has been served most. A suspended request waits again, and later continues where it stopped.
 *
 * <p>Every submitted request ends exactly once: finished, failed, or cancelled by its owner.
 *
 * <p>{@link #submit}, {@link #waiting} and {@link #estimatedWait} are thread-safe; {@link #step} and {@link #abandon}
 * belong to the device's thread.
 */
public final class Engine implements Generator, DeviceWork, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /** Work of one token of an answer, in rows of a prompt, as in the paper on which {@link FairShares} is based. */
    private static final int ANSWER_TOKEN_WORK = 2;

    /** One thread is enough: a mask takes one or two milliseconds, and most masks are cached. */
    private static final int MASK_THREADS = 2;

    /** Interval at which requests are checked while all of them are paused. */
    private static final Duration PAUSED_LOOK = Duration.ofMillis(20);

    private final EngineProperties properties;
    private final StageMetrics stageMetrics;
    private final EngineMetrics metrics;
    private final SelfCheck selfCheck;
    private final int maxSequences;
    private final KvCache cache;
    private final PagePool pool;
    private final int contextTokens;
    private final WaitingQueue waiting = new WaitingQueue();
    private final RunningBatch running;
    private final FairShares shares = new FairShares();
    private final StepExecutor steps;
    private final RecentTime answerTime = new RecentTime();
    private final ExecutorService maskExecutor = Executors.newFixedThreadPool(MASK_THREADS, Engine::newMaskThread);

    /**
     * Allocates the KV cache.
     *
     * @param selfCheck told of logits that are not finite
     * @throws KvBudgetException if the KV cache's memory is too small
     */
    public Engine(
            CausalLm lm,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics,
            SelfCheck selfCheck) {
        this.properties = properties;
        this.stageMetrics = stageMetrics;
        this.metrics = metrics;
        this.selfCheck = selfCheck;
        KvBudget budget =
                KvBudget.of(properties, lm.kvBytesPerToken(), lm.config().context());
        this.maxSequences = budget.sequences();
        this.contextTokens = budget.context();
        this.cache = lm.newCache(budget.pages());
        this.pool = new PagePool(budget.pages());
        GroupFactory factory = new GroupFactory(lm, tokenizer, budget, properties.promptLookup(), maskExecutor);
        this.running = new RunningBatch(cache, pool, maxSequences, factory);
        this.steps = new StepExecutor(lm, cache);
        stageMetrics.watchQueue(this::waiting);
        metrics.watchQueue(this::waiting);
    }

    @Override
    public int contextTokens() {
        return contextTokens;
    }

    @Override
    public int maxSequences() {
        return maxSequences;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.ALL;
    }

    /** Pages of the KV cache. */
    int pages() {
        return pool.size();
    }

    /** Pages that no request uses. Exact while no step runs. */
    int availablePages() {
        return pool.available();
    }

    /** Requests that wait, suspended ones too. */
    public int waiting() {
        return waiting.size();
    }

    @Override
    public Duration estimatedWait() {
        return answerTime.average().multipliedBy(waiting.size() + 1L).dividedBy(maxSequences);
    }

    @Override
    public SequenceGroup submit(GenerationRequest request, GenerationListener listener) {
        SequenceGroup group =
                new SequenceGroup(request, metrics.measure(request, listener), System.nanoTime(), waiting::wake);
        waiting.add(group);
        return group;
    }

    @Override
    public void await() throws InterruptedException {
        if (running.isEmpty() && waiting.size() == 0) {
            waiting.await();
        } else if (running.active().isEmpty() && waiting.first(shares::of) == null) {
            waiting.awaitChange(PAUSED_LOOK);
        }
    }

    @Override
    public Result step() {
        dropAbandoned();
        noteClients();
        boolean started = admitWaiting() & restoreResumed();
        Result result = started ? Result.UNKNOWN : Result.FAILED;
        StepPlan plan = plan();
        if (!plan.parts().isEmpty()) {
            showRunning();
            result = execute(plan);
        }
        showRunning();
        return result;
    }

    /** The next step. As long as the KV cache has too few pages for it, running requests are suspended. */
    private StepPlan plan() {
        StepPlan plan = StepPlan.of(running.active(), properties);
        while (plan.missingPages(pool) > pool.available()) {
            preempt();
            plan = StepPlan.of(running.active(), properties);
        }
        return plan;
    }

    /**
     * Goes on to restore what resumed requests need. As long as the KV cache has too few pages for it, running requests
     * are suspended.
     *
     * @return false if that failed for a reason that is not a request's own fault
     */
    private boolean restoreResumed() {
        boolean restored = true;
        for (RunningGroup group : running.active()) {
            try {
                while (running.contains(group) && !running.restore(group)) {
                    preempt();
                }
            } catch (RuntimeException e) {
                fail(group, forClient(e, List.of(group.group())));
                restored &= !isOwnFault(e);
            }
        }
        return restored;
    }

    /**
     * Suspends a running request because the KV cache is full: one that its client has paused, or else of the client
     * that has been served most, and of these the youngest.
     */
    private void preempt() {
        suspend(running.groups().stream()
                .max(Comparator.comparing((RunningGroup group) -> group.group().isPaused())
                        .thenComparing(group -> shares.of(group.client()))
                        .thenComparing(group -> group.group().submitted()))
                .orElseThrow());
        metrics.countPreemption();
    }

    private void suspend(RunningGroup group) {
        running.suspend(group);
        waiting.add(group.group());
    }

    private void showRunning() {
        metrics.showBatch(running.groups().size(), running.suspended(), running.utilization(), pool.evictions());
    }

    /** Drops the requests that are cancelled or out of time. */
    private void dropAbandoned() {
        long now = System.nanoTime();
        List<SequenceGroup> dropped = new ArrayList<>();
        for (RunningGroup group : running.groups()) {
            if (group.group().isAbandoned(now)) {
                metrics.countWritten(group.tokensWritten());
                running.remove(group);
                dropped.add(group.group());
            }
        }
        List<SequenceGroup> left = waiting.removeIf(group -> group.isAbandoned(now));
        left.forEach(this::forget);
        dropped.addAll(left);
        dropped.forEach(group -> group.fail(Status.DEADLINE_EXCEEDED
                .withDescription("The answer was not complete in time.")
                .asRuntimeException()));
    }

    /** Drops the state of a suspended request that does not continue. */
    private void forget(SequenceGroup group) {
        @Nullable RunningGroup suspended = running.forget(group);
        if (suspended != null) {
            metrics.countWritten(suspended.tokensWritten());
        }
    }

    private void noteClients() {
        Set<String> clients = waiting.clients();
        running.groups().forEach(group -> clients.add(group.client()));
        shares.activate(clients);
    }

    /**
     * Admits waiting requests in their order, as long as there is room for the next one.
     *
     * @return false if a request could not be started for a reason that is not its own fault
     */
    private boolean admitWaiting() {
        boolean started = true;
        @Nullable SequenceGroup next = waiting.first(shares::of);
        while (next != null && makeRoom(next)) {
            started &= admit(next);
            next = waiting.first(shares::of);
        }
        return started;
    }

    /** Suspends other requests if that makes room for this one. Returns whether there is room. */
    private boolean makeRoom(SequenceGroup next) {
        List<RunningGroup> leaving = new ArrayList<>();
        Iterator<RunningGroup> suspendable = suspendable(next).iterator();
        while (!running.fits(next, leaving)) {
            if (!suspendable.hasNext()) {
                return false;
            }
            leaving.add(suspendable.next());
        }
        for (RunningGroup group : leaving) {
            suspend(group);
            metrics.countSuspension();
        }
        return true;
    }

    /** Running requests that may be suspended for a waiting one, in this order. */
    private List<RunningGroup> suspendable(SequenceGroup next) {
        long now = System.nanoTime();
        String client = next.request().origin().client();
        boolean keptOut =
                running.active().stream().noneMatch(group -> group.client().equals(client));
        return running.groups().stream()
                .filter(group -> group.group().isPaused()
                        || keptOut
                                && shares.of(group.client()) > shares.of(client)
                                && group.hasHadItsTurn(now, properties.turn().toNanos()))
                .sorted(Comparator.comparing(
                                (RunningGroup group) -> !group.group().isPaused())
                        .thenComparing(group -> -shares.of(group.client()))
                        .thenComparing(group -> -group.group().submitted()))
                .toList();
    }

    /**
     * A request stays in the queue until it has started, because a crash before that fails all requests in the queue.
     */
    private boolean admit(SequenceGroup group) {
        try {
            boolean resumed = running.isSuspended(group);
            RunningGroup admitted = running.add(group);
            waiting.remove(group);
            if (resumed) {
                return true;
            }
            GenerationSummary soFar = admitted.summary(admitted.admitted());
            stageMetrics.recordWait(soFar.queue());
            metrics.countPrompt(group.request().promptTokens(), soFar.cachedTokens());
            group.reportStart();
            return true;
        } catch (RuntimeException e) {
            waiting.remove(group);
            forget(group);
            group.fail(forClient(e, List.of(group)));
            return !isOwnFault(e);
        }
    }

    private Result execute(StepPlan plan) {
        long begin = System.nanoTime();
        Map<RunningGroup, RuntimeException> failures = steps.execute(plan);
        // A GPU computes asynchronously. Here the tokens have arrived, so the step has ended.
        long end = System.nanoTime();
        stageMetrics.recordStep(plan.sequences(), end - begin);
        Map<RuntimeException, RuntimeException> told = forClients(failures);
        for (StepPlan.Part part : plan.parts()) {
            RunningGroup group = part.group();
            RuntimeException failure = failures.get(group);
            if (failure != null) {
                fail(group, told.get(failure));
            } else {
                running.advanced(part);
                group.countStep(end - begin, end);
                shares.charge(group.client(), part.promptRows() + ANSWER_TOKEN_WORK * part.tokenRows());
                if (group.isComplete()) {
                    finish(group, end);
                }
            }
        }
        if (failures.values().stream().anyMatch(Engine::isNotFinite)) {
            selfCheck.suspect();
        }
        if (failures.values().stream().anyMatch(Engine::isOwnFault)) {
            return failures.size() == plan.groups().size() ? Result.FAILED : Result.SUCCEEDED;
        }
        return plan.givesLogits() && failures.size() < plan.groups().size() ? Result.SUCCEEDED : Result.UNKNOWN;
    }

    private void finish(RunningGroup group, long now) {
        answerTime.add(now - group.admitted());
        metrics.countWritten(group.tokensWritten());
        // Before the client is notified, so that the pages are free for its next request.
        running.remove(group);
        group.group().finish(group.summary(now));
    }

    private void fail(RunningGroup group, RuntimeException told) {
        metrics.countWritten(group.tokensWritten());
        running.discard(group);
        group.group().fail(told);
    }

    private static Thread newMaskThread(Runnable work) {
        Thread thread = new Thread(work, "llm-masks");
        thread.setDaemon(true);
        return thread;
    }

    /** Whether the model or the device has failed for a reason that is not in a request. */
    private static boolean isOwnFault(RuntimeException failure) {
        return !isNotFinite(failure)
                && (!(failure instanceof StatusRuntimeException refusal)
                        || refusal.getStatus().getCode() == Status.Code.INTERNAL);
    }

    private static boolean isNotFinite(RuntimeException failure) {
        return StageError.of(failure)
                .filter(error -> error.reason() == ErrorReason.NOT_FINITE)
                .isPresent();
    }

    /** The error for the client, for each failure. Several requests may share a failure. */
    private static Map<RuntimeException, RuntimeException> forClients(Map<RunningGroup, RuntimeException> failures) {
        Map<RuntimeException, List<SequenceGroup>> concerned = new IdentityHashMap<>();
        failures.forEach((group, failure) ->
                concerned.computeIfAbsent(failure, key -> new ArrayList<>()).add(group.group()));
        Map<RuntimeException, RuntimeException> told = new IdentityHashMap<>();
        concerned.forEach((failure, groups) -> told.put(failure, forClient(failure, groups)));
        return told;
    }

    /** The error in the request, or else a general error that the model failed, which is logged. */
    private static RuntimeException forClient(RuntimeException failure, List<SequenceGroup> concerned) {
        if (failure instanceof StatusRuntimeException) {
            return failure;
        }
        String ids =
                concerned.stream().map(group -> group.request().origin().id()).collect(Collectors.joining(", "));
        log.error("The language model failed while it computed for {}: {}", ids, FailureLine.of(failure));
        log.debug("Where it failed", failure);
        return new StageError(ErrorReason.INTERNAL, "The language model failed.").toException();
    }

    @Override
    public void abandon(StageError reason) {
        // After a crash nothing is certain, so all clients are notified before anything is released.
        List<SequenceGroup> rest = waiting.close(reason);
        running.groups().forEach(group -> group.group().fail(reason.toException()));
        rest.forEach(group -> group.fail(reason.toException()));
        rest.forEach(this::forget);
        for (RunningGroup group : running.groups()) {
            metrics.countWritten(group.tokensWritten());
            running.discard(group);
        }
        showRunning();
    }

    /** Frees the KV cache. The device's thread must have ended. */
    @Override
    public void close() {
        maskExecutor.shutdownNow();
        cache.close();
    }
}

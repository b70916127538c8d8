package dev.pargo.llm.vllm;

import dev.pargo.llm.engine.Capabilities;
import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.llm.engine.Generator;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.EmbeddingTable;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.admission.RecentTime;
import dev.pargo.stage.status.ReadinessCheck;
import dev.pargo.stage.status.StageMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a vLLM server write the answers. Every request is passed on at once: the server batches and queues. How many
 * there are is bounded by the stage's admission, which requests pass before. Thread-safe.
 */
public final class VllmGenerator implements Generator, ReadinessCheck, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VllmGenerator.class);

    private static final int DEFAULT_SEQUENCES = 8;

    private final VllmServer server;
    private final ServedModel model;
    private final String version;
    private final EmbeddingTable table;
    private final Tokenizer tokenizer;
    private final StageMetrics stageMetrics;
    private final EngineMetrics metrics;
    private final int contextTokens;
    private final int maxSequences;
    private final VllmWatch watch;
    private final RecentTime answerTime = new RecentTime();
    private final Map<VllmGeneration, Future<?>> running = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(2, task -> new Thread(task, "vllm-timer"));
    private volatile boolean closed;

    private VllmGenerator(
            VllmServer server,
            StoredNetwork<DecoderConfig> decoder,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics)
            throws VllmException {
        this.server = server;
        this.tokenizer = tokenizer;
        this.stageMetrics = stageMetrics;
        this.metrics = metrics;
        this.table = EmbeddingTable.of(decoder);
        this.model = server.model();
        this.version = server.version();
        this.contextTokens = context(properties, Math.min(decoder.config().context(), model.context()));
        this.maxSequences = properties.sequences() == null ? DEFAULT_SEQUENCES : properties.sequences();
        VllmProbe.check(server, model, table);
        this.watch = new VllmWatch(server, model, this::loseAll);
        timer.setRemoveOnCancelPolicy(true);
        stageMetrics.watchQueue(() -> watch.load().waiting());
        metrics.watchQueue(() -> watch.load().waiting());
        metrics.watchBatch(() -> watch.load().running(), () -> watch.load().utilization());
    }

    /**
     * Connects to a server, checks that it serves the decoder, and watches it from now on.
     *
     * @param decoder whose embedding table is mapped; the rest of it is not read
     * @throws ConfigException if the server does not answer or does not fit
     */
    public static VllmGenerator connect(
            VllmProperties address,
            StoredNetwork<DecoderConfig> decoder,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics) {
        if (!properties.adapters().isEmpty()) {
            throw new ConfigException(
                    "pargo.llm.adapters is set, but with the backend vllm requests cannot choose an adapter");
        }
        VllmServer server = new VllmServer(address);
        try {
            log.info("Waiting for vLLM at {}", server.address());
            server.awaitHealth(address.startTimeout());
            VllmGenerator generator = new VllmGenerator(server, decoder, tokenizer, properties, stageMetrics, metrics);
            generator.watch.start();
            return generator;
        } catch (VllmException unfit) {
            throw new ConfigException(
                    "vLLM at %s cannot be used: %s".formatted(server.address(), unfit.getMessage()), unfit);
        }
    }

    private static int context(EngineProperties properties, int most) {
        Integer wanted = properties.context();
        if (wanted == null) {
            return most;
        }
        if (wanted < 2 || wanted > most) {
            throw new ConfigException(
                    "pargo.llm.context is %d, but must be between 2 and the server's %d".formatted(wanted, most));
        }
        return wanted;
    }

    /** Where the answers are written, for people. */
    public String address() {
        return "vLLM %s at %s".formatted(version, server.address());
    }

    /** The name under which the server serves the decoder. */
    public String model() {
        return model.id();
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
        return Capabilities.OF_EMBEDDED_PROMPTS;
    }

    @Override
    public Duration estimatedWait() {
        VllmLoad load = watch.load();
        return answerTime.average().multipliedBy(load.waiting() + 1L).dividedBy(Math.max(1, load.running()));
    }

    @Override
    public Optional<String> trouble() {
        return watch.trouble();
    }

    @Override
    public Submission submit(GenerationRequest request, GenerationListener listener) {
        int limit = Math.min(request.maxTokens(), contextTokens - request.promptTokens());
        VllmGeneration generation = new VllmGeneration(
                request, metrics.measure(request, timed(listener)), tokenizer, limit, timer, this::forget);
        Optional<String> trouble = watch.trouble();
        if (closed || trouble.isPresent()) {
            generation.fail(closed ? drained() : VllmFault.lost(trouble.orElseThrow()));
            return generation;
        }
        long left = request.deadline() - System.nanoTime();
        Future<?> deadline = timer.schedule(generation::expire, Math.max(0, left), TimeUnit.NANOSECONDS);
        running.put(generation, deadline);
        try {
            generation.send(server, new CompletionRequest(model, table, request, limit));
        } catch (RuntimeException failure) {
            generation.cancel();
            throw failure;
        }
        if (closed) {
            generation.fail(drained());
        }
        return generation;
    }

    /** Measures how long requests take. */
    private GenerationListener timed(GenerationListener listener) {
        return new GenerationListener() {
            @Override
            public void onStarted() {
                listener.onStarted();
            }

            @Override
            public void onText(Piece piece) {
                listener.onText(piece);
            }

            @Override
            public void onFinished(GenerationSummary summary) {
                stageMetrics.recordWait(summary.queue());
                synchronized (answerTime) {
                    answerTime.add(summary.queue() + summary.prefill() + summary.decode());
                }
                listener.onFinished(summary);
            }

            @Override
            public void onFailed(RuntimeException failure) {
                listener.onFailed(failure);
            }
        };
    }

    private void forget(VllmGeneration generation) {
        Future<?> deadline = running.remove(generation);
        if (deadline != null) {
            deadline.cancel(false);
            metrics.countPrompt(generation.request().promptTokens(), generation.cachedTokens());
            metrics.countWritten(generation.tokens());
        }
    }

    private void loseAll() {
        running.keySet().forEach(generation -> generation.fail(VllmFault.lost("silent for too long")));
    }

    private static RuntimeException drained() {
        return new StageError(ErrorReason.DRAINING, "The stage is shutting down.").toException();
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        running.keySet().forEach(generation -> generation.fail(drained()));
        timer.shutdownNow();
    }
}

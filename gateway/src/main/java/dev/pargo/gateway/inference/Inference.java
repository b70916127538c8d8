package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.PipelineState;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Leads a request through its pipeline, up to the point where the LLM begins to answer.
 *
 * <p>Until then everything can be done again: an image's way through encoder and projector up to twice, the LLM's call
 * once, each when the stage is away, after 50 ms and then twice as long, plus up to half of that by chance. A stage that
 * turns out to have been replaced since it described itself makes the request start again, once, with new descriptions;
 * what the old weights have made is not used.
 */
@Component
public final class Inference {

    private static final Logger log = LoggerFactory.getLogger(Inference.class);
    private static final int VISION_RETRIES = 2;
    private static final int LLM_RETRIES = 1;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final Duration REPLACED_RETRY = Duration.ofSeconds(2);
    private static final Duration AWAY_RETRY = Duration.ofSeconds(2);

    private final VisualTokenCache cache;
    private final VisualBudget budget;
    private final MeterRegistry metrics;

    Inference(VisualTokenCache cache, VisualBudget budget, MeterRegistry metrics) {
        this.cache = cache;
        this.budget = budget;
        this.metrics = metrics;
    }

    /**
     * What the pipeline's stages are now.
     *
     * @throws GatewayException UNAVAILABLE, with what is missing, if it cannot answer this kind of request
     */
    public PipelineState require(Pipeline pipeline, boolean withImages) {
        PipelineState state = pipeline.state();
        if (!state.answers(withImages)) {
            throw GatewayException.unavailable(
                    "The model is not ready: " + String.join("; ", state.problems()), AWAY_RETRY);
        }
        return state;
    }

    /** Starts an answer; the caller closes it. */
    public Generation start(Pipeline pipeline, InferenceRequest request, RequestScope scope) {
        try (VisualBudget.Share share = budget.open()) {
            return attempt(pipeline, request, scope, share);
        } catch (StaleDescriptionException replaced) {
            log.info("Request {} starts again: the {}", scope.id(), replaced.getMessage());
            refresh(pipeline, scope);
        }
        try (VisualBudget.Share share = budget.open()) {
            return attempt(pipeline, request, scope, share);
        } catch (StaleDescriptionException again) {
            throw GatewayException.unavailable(
                    "The %s is being replaced".formatted(again.stage().title()), REPLACED_RETRY);
        }
    }

    private Generation attempt(
            Pipeline pipeline, InferenceRequest request, RequestScope scope, VisualBudget.Share share)
            throws StaleDescriptionException {
        PipelineState state = require(pipeline, !request.images().isEmpty());
        PipelineState.Text text = state.text();
        Timings timings = new Timings();
        List<VisualTokens> visuals = new ArrayList<>();
        for (InferenceRequest.Image image : request.images()) {
            VisionPath path = new VisionPath(pipeline, state.vision(), scope, share, timings);
            VisualTokenCache.Making making = visualTokens(image.bytes(), path, state.vision(), scope, timings);
            visuals.add(retrying(VISION_RETRIES, scope, image.param(), making::make));
        }
        GenerateStart start = request.decoding().toBuilder()
                .setRequestId(scope.id())
                .addAllPrompt(text.prompt().render(request.conversation()))
                .addAllVisualTokens(visuals.stream().map(VisualTokens::tokens).toList())
                .build();
        String fingerprint = text.llm().getIdentity().getFingerprint();
        return retrying(
                LLM_RETRIES,
                scope,
                "messages",
                () -> Generation.start(generate(pipeline, scope), start, visuals, fingerprint, timings));
    }

    private VisualTokenCache.Making visualTokens(
            byte[] image, VisionPath path, PipelineState.Vision vision, RequestScope scope, Timings timings) {
        if (!cache.isEnabled()) {
            return () -> path.run(image);
        }
        ImageKey key = ImageKey.of(image, vision);
        return () -> cache.get(key, scope, timings, () -> path.run(image));
    }

    private static StageCall<GenerateRequest, GenerateResponse> generate(Pipeline pipeline, RequestScope scope) {
        return new StageCall<>(
                StageKind.LLM,
                LlmGrpc.newBlockingV2Stub(pipeline.llmChannel())
                        .withDeadline(scope.deadline())
                        .generate(),
                scope);
    }

    private <T> T retrying(int retries, RequestScope scope, @Nullable String param, Step<T> step)
            throws StaleDescriptionException {
        for (int attempt = 0; ; attempt++) {
            try {
                return step.run();
            } catch (StageException failure) {
                if (!failure.isUnavailable() || attempt == retries) {
                    throw failure.toClient(param);
                }
                log.info("Request {} is tried again: {}", scope.id(), failure.getMessage());
                metrics.counter(
                                "pargo.gateway.retries",
                                "stage",
                                failure.stage().tag())
                        .increment();
                long pause = FIRST_PAUSE_MILLIS << attempt;
                pause(pause + ThreadLocalRandom.current().nextLong(pause / 2), scope);
            }
        }
    }

    private static void refresh(Pipeline pipeline, RequestScope scope) {
        var refreshed = pipeline.refresh();
        while (!refreshed.isDone()) {
            pause(10, scope);
        }
    }

    private static void pause(long millis, RequestScope scope) {
        scope.pulse().run();
        if (scope.deadline().isExpired()) {
            throw GatewayException.deadline("The request's time ran out");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
        }
    }

    private interface Step<T> {
        T run() throws StageException, StaleDescriptionException;
    }
}

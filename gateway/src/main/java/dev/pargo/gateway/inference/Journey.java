package dev.pargo.gateway.inference;

import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.v1.GenerateStart;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads one request through the stages until an LLM has accepted it. As long as nothing of the answer has been sent to
 * the client, every step can be retried. Closing it releases what it has kept about the pictures. It belongs to the
 * request's thread; other threads help only with the pictures.
 */
final class Journey implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journey.class);

    private final InferenceRequest request;
    private final RequestScope scope;
    private final Route route;
    private final StageCalls calls;
    private final Delivery delivery;
    private final VisualTokenCache cache;
    private final VisualBudget budget;
    private final PictureThreads threads;
    private List<SeenPicture> pictures = List.of();
    private VisualBudget.Share kept;

    Journey(
            InferenceRequest request,
            RequestScope scope,
            Route route,
            Delivery delivery,
            VisualTokenCache cache,
            VisualBudget budget,
            PictureThreads threads) {
        this.request = request;
        this.scope = scope;
        this.route = route;
        this.calls = new StageCalls(route, scope);
        this.delivery = delivery;
        this.cache = cache;
        this.budget = budget;
        this.threads = threads;
        this.kept = budget.open();
    }

    /**
     * Computes the visual tokens and sends the prompt to an LLM. If the set loses a stage, it starts again with another
     * set.
     */
    LlmCall begin() {
        try {
            return start();
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private LlmCall start() {
        while (true) {
            ModelSet set = route.enter();
            kept.close();
            kept = budget.open();
            try (VisualBudget.Share share = budget.open()) {
                return start(set, share);
            } catch (SetGoneException gone) {
                log.info("Request {} starts again with another set: {}", scope.id(), gone.getMessage());
            }
        }
    }

    /** The pictures as the encoder and projector of the current set have seen them. */
    List<SeenPicture> pictures() {
        return pictures;
    }

    /** The field that the LLM works on. */
    String param() {
        return request.param();
    }

    /** Returns if the LLM's call should be retried; otherwise throws the error for the client. */
    void retry(StageException failure) {
        route.retry(failure, request.param());
    }

    @Override
    public void close() {
        kept.close();
    }

    private LlmCall start(ModelSet set, VisualBudget.Share share) throws SetGoneException {
        Timings timings = new Timings();
        List<VisualTokens> visuals = project(set, share, timings);
        GenerateStart start = request.start().toBuilder()
                .addAllVisualTokens(visuals.stream().map(VisualTokens::tokens).toList())
                .build();
        String fingerprint = set.llm().getIdentity().getFingerprint();
        // Half of the batch, so that the other half is there for the keys of others.
        int room = set.llm().getMaxSequences() / 2;
        return retrying(
                request.param(),
                () -> LlmCall.start(
                        calls.generate(request.prefix(), request.sequences(), room, () -> !delivery.hasBegun()),
                        start,
                        visuals,
                        fingerprint,
                        timings));
    }

    /** The visual tokens of all pictures. */
    private List<VisualTokens> project(ModelSet set, VisualBudget.Share share, Timings timings)
            throws SetGoneException {
        List<InferenceRequest.Image> images = request.images();
        if (images.isEmpty()) {
            return List.of();
        }
        ModelSet.Vision vision = Objects.requireNonNull(set.vision());
        if (request.attention() != null) {
            request.attention().check(vision.projector(), images.size());
        }
        long start = System.nanoTime();
        List<Projected> projected = threads.all(
                images.size(),
                scope,
                index -> retrying(
                        images.get(index).param(), () -> project(images.get(index), vision, share, calls, scope)),
                (index, its) -> project(images.get(index), vision, share, calls.forHelper(its), its));
        timings.addAll(projected.stream().map(Projected::timings).toList(), System.nanoTime() - start);
        String resizeMode = vision.encoder().getResizeMode();
        pictures = projected.stream()
                .map(picture -> SeenPicture.of(picture, resizeMode))
                .toList();
        return projected.stream().map(Projected::tokens).toList();
    }

    /** Attention is not cached, and takes the features that visual tokens are made of: then both are made together. */
    private Projected project(
            InferenceRequest.Image image,
            ModelSet.Vision vision,
            VisualBudget.Share share,
            StageCalls calls,
            RequestScope scope)
            throws StageException, SetGoneException {
        boolean amongOthers = request.images().size() > 1;
        Timings timings = new Timings();
        VisionPath path = new VisionPath(vision, calls, share, timings);
        @Nullable HeadGroups groups = request.attention();
        if (groups != null) {
            return path.run(image.file(), amongOthers, groups, kept);
        }
        VisualTokens tokens = cache.isEnabled()
                ? cache.get(
                        ImageKey.of(image, vision, amongOthers, request.start().getCacheSalt()),
                        scope,
                        timings,
                        () -> path.run(image.file(), amongOthers))
                : path.run(image.file(), amongOthers);
        return new Projected(tokens, null, timings);
    }

    private <T> T retrying(@Nullable String param, Step<T> step) throws SetGoneException {
        while (true) {
            try {
                return step.run();
            } catch (StageException failure) {
                route.retry(failure, param);
            }
        }
    }

    private interface Step<T> {
        T run() throws StageException, SetGoneException;
    }
}

package dev.pargo.gateway.inference;

import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.Pipelines;
import dev.pargo.gateway.replica.ReplicaProperties;
import dev.pargo.proto.v1.DetokenizeRequest;
import dev.pargo.proto.v1.DetokenizeResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.TokenizeRequest;
import dev.pargo.proto.v1.TokenizeResponse;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Finds models for requests and leads requests through their stages. Thread-safe. */
@Component
public final class Inference {

    private static final Logger log = LoggerFactory.getLogger(Inference.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Pipelines pipelines;
    private final ReplicaProperties properties;
    private final VisualTokenCache cache;
    private final VisualBudget budget;
    private final PictureThreads threads;
    private final MeterRegistry metrics;

    Inference(
            Pipelines pipelines,
            ReplicaProperties properties,
            VisualTokenCache cache,
            VisualBudget budget,
            PictureThreads threads,
            MeterRegistry metrics) {
        this.pipelines = pipelines;
        this.properties = properties;
        this.cache = cache;
        this.budget = budget;
        this.threads = threads;
        this.metrics = metrics;
    }

    /**
     * The pipeline of a model. Waits for a name, if no stage has told one yet.
     *
     * @param asked  null for the only one there is
     * @param caller who asks, and may know some models only
     * @throws GatewayException if there is no such model for this caller
     */
    public Pipeline find(@Nullable String asked, Caller caller, RequestScope scope) {
        @Nullable String model = caller.model(asked);
        Patience patience = new Patience(properties.patience());
        while (true) {
            Optional<Pipeline> found = model == null ? pipelines.only() : pipelines.find(model);
            if (found.isPresent()) {
                return found.get();
            }
            List<String> names = pipelines.names();
            if (!names.isEmpty()) {
                String available = names.stream().filter(caller::sees).collect(Collectors.joining(", "));
                throw model == null
                        ? GatewayException.invalid(
                                "model", "invalid_value", "model is missing; available: " + available)
                        : GatewayException.notFound(
                                "model", "model_not_found", "model: there is no such model; available: " + available);
            }
            if (!patience.hold(scope)) {
                throw GatewayException.unavailable("No model is ready yet", RETRY);
            }
        }
    }

    /**
     * A set that answers a kind of request, to check the request's limits with. Waits for one, if there is none.
     *
     * @throws GatewayException UNAVAILABLE, with what is missing; INVALID_REQUEST if the model takes no pictures
     */
    public ModelSet require(Pipeline pipeline, boolean withImages, RequestScope scope) {
        Patience patience = new Patience(properties.patience());
        while (true) {
            Optional<ModelSet> set = pipeline.choose(withImages, 0, Set.of());
            if (set.isPresent()) {
                if (withImages && !set.get().takesPictures()) {
                    throw GatewayException.invalid(
                            "messages",
                            "no_pictures",
                            "messages has a picture, but the model '%s' answers text only"
                                    .formatted(pipeline.name().orElseThrow()));
                }
                return set.get();
            }
            if (!patience.hold(scope)) {
                throw Route.notReady(pipeline);
            }
        }
    }

    /**
     * Starts an answer; the caller closes it.
     *
     * @param delivery asked, whenever an LLM is lost, whether another one may answer instead
     */
    public Generation start(Pipeline pipeline, InferenceRequest asked, RequestScope scope, Delivery delivery) {
        InferenceRequest request = inTurns(pipeline, asked).withAdapter(pipeline.adapter());
        Route route = new Route(
                pipeline,
                !request.images().isEmpty(),
                request.prefix(),
                scope,
                new Patience(properties.patience()),
                metrics);
        return new Generation(new Journey(request, scope, route, delivery, cache, budget, threads), delivery);
    }

    /** A pipeline may have turns of its own. */
    private static InferenceRequest inTurns(Pipeline pipeline, InferenceRequest asked) {
        return asked.start().hasConversation()
                ? pipeline.promptTemplate().map(asked::withTurns).orElse(asked)
                : asked;
    }

    /**
     * Tells what the visual tokens of an image look at. On a lost replica both stages are called again.
     *
     * @throws GatewayException INVALID_REQUEST if the model's projector has no cross-attention, or not so many groups
     */
    public CrossAttention attend(
            Pipeline pipeline, InferenceRequest.Image image, HeadGroups groups, RequestScope scope) {
        require(pipeline, true, scope);
        Route route = new Route(pipeline, true, 0, scope, new Patience(properties.patience()), metrics);
        StageCalls calls = new StageCalls(route, scope);
        while (true) {
            ModelSet.Vision vision = Objects.requireNonNull(route.enter().vision());
            groups.check(vision.projector(), 1);
            try (VisualBudget.Share share = budget.open()) {
                return new VisionPath(vision, calls, share, new Timings()).attend(image.file(), groups);
            } catch (StageException failure) {
                route.retry(failure, image.param());
            } catch (SetGoneException gone) {
                log.info("Request {} starts again with another set: {}", scope.id(), gone.getMessage());
            }
        }
    }

    /**
     * The tokens of a prompt without pictures.
     *
     * @param param path of the field that it came in, for error messages
     */
    public TokenizeResponse tokenize(Pipeline pipeline, GenerateStart asked, String param, RequestScope scope) {
        InferenceRequest request = inTurns(pipeline, new InferenceRequest(asked, List.of(), null, param));
        return ask(
                pipeline,
                scope,
                LlmGrpc.getTokenizeMethod(),
                TokenizeRequest.newBuilder().setStart(request.start()).build(),
                TokenizeResponse::getProducer,
                param);
    }

    /** What tokens say; control tokens are written as their pieces. */
    public String detokenize(Pipeline pipeline, List<Integer> ids, RequestScope scope) {
        DetokenizeRequest request =
                DetokenizeRequest.newBuilder().addAllIds(ids).build();
        return ask(pipeline, scope, LlmGrpc.getDetokenizeMethod(), request, DetokenizeResponse::getProducer, "tokens")
                .getText();
    }

    /** Asks an LLM; if it is lost, another. */
    private <Q, R> R ask(
            Pipeline pipeline,
            RequestScope scope,
            MethodDescriptor<Q, R> method,
            Q question,
            Function<R, String> producer,
            String param) {
        Route route = new Route(pipeline, false, 0, scope, new Patience(properties.patience()), metrics);
        StageCalls calls = new StageCalls(route, scope);
        while (true) {
            ModelSet set = route.enter();
            try (StageCall<Q, R> call = calls.ask(method)) {
                call.send(question);
                call.complete();
                @Nullable R answer = call.receive();
                if (answer == null) {
                    throw call.broken("there is no answer");
                }
                call.checkProducer(set.llm().getIdentity().getFingerprint(), producer.apply(answer));
                call.recordAcceptance();
                return answer;
            } catch (StageException failure) {
                route.retry(failure, param);
            } catch (SetGoneException gone) {
                log.info("Request {} starts again with another set: {}", scope.id(), gone.getMessage());
            }
        }
    }
}

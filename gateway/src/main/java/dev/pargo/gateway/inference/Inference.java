package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.Pipelines;
import dev.pargo.gateway.replica.ReplicaProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Finds models for requests and leads requests through their stages. Thread-safe. */
@Component
public final class Inference {

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Pipelines pipelines;
    private final ReplicaProperties properties;
    private final VisualTokenCache cache;
    private final VisualBudget budget;
    private final MeterRegistry metrics;

    Inference(
            Pipelines pipelines,
            ReplicaProperties properties,
            VisualTokenCache cache,
            VisualBudget budget,
            MeterRegistry metrics) {
        this.pipelines = pipelines;
        this.properties = properties;
        this.cache = cache;
        this.budget = budget;
        this.metrics = metrics;
    }

    /**
     * The pipeline of a model. Waits for a name, if no stage has told one yet.
     *
     * @throws GatewayException if there is no such model
     */
    public Pipeline find(String model, RequestScope scope) {
        Patience patience = new Patience(properties.patience());
        while (true) {
            Optional<Pipeline> found = pipelines.find(model);
            if (found.isPresent()) {
                return found.get();
            }
            List<String> names = pipelines.names();
            if (!names.isEmpty()) {
                throw GatewayException.invalid(
                        "model",
                        "model_not_found",
                        "model: there is no such model; available: " + String.join(", ", names));
            }
            if (!patience.hold(scope)) {
                throw GatewayException.unavailable("No model is ready yet", RETRY);
            }
        }
    }

    /**
     * A set that answers a kind of request, to check the request's limits with. Waits for one, if there is none.
     *
     * @throws GatewayException UNAVAILABLE, with what is missing
     */
    public ModelSet require(Pipeline pipeline, boolean withImages, RequestScope scope) {
        Patience patience = new Patience(properties.patience());
        while (true) {
            Optional<ModelSet> set = pipeline.choose(withImages, 0, Set.of());
            if (set.isPresent()) {
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
    public Generation start(Pipeline pipeline, InferenceRequest request, RequestScope scope, Delivery delivery) {
        Route route = new Route(
                pipeline,
                !request.images().isEmpty(),
                request.prefix(),
                scope,
                new Patience(properties.patience()),
                metrics);
        return new Generation(new Journey(request, scope, route, delivery, cache, budget), delivery);
    }
}

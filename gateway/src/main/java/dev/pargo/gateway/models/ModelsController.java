package dev.pargo.gateway.models;

import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.Pipelines;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Lists the served models in OpenAI's format, with the stages' identities added. */
@RestController
final class ModelsController {

    private final Pipelines pipelines;
    private final Instant created = Instant.now();

    ModelsController(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    @GetMapping("/v1/models")
    ModelList list(HttpServletRequest request) {
        return new ModelList(
                "list",
                pipelines.all().stream()
                        .flatMap(this::model)
                        .filter(model -> Caller.of(request).sees(model.id()))
                        .toList());
    }

    /** Names may contain slashes. */
    @GetMapping("/v1/models/{*path}")
    Model get(@PathVariable String path, HttpServletRequest request) {
        return pipelines
                .find(path.substring(1))
                .filter(pipeline -> Caller.of(request).sees(path.substring(1)))
                .flatMap(pipeline -> model(pipeline).findFirst())
                .orElseThrow(() -> GatewayException.notFound("id", "model_not_found", "There is no such model"));
    }

    private Stream<Model> model(Pipeline pipeline) {
        return pipeline.name().stream().map(name -> Model.of(name, created, pipeline));
    }

    record ModelList(String object, List<Model> data) {}
}

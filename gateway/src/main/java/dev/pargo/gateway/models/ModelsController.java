package dev.pargo.gateway.models;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.Pipelines;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The models on offer, in OpenAI's format with the stages' identities added. */
@RestController
final class ModelsController {

    private final Pipelines pipelines;

    ModelsController(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    @GetMapping("/v1/models")
    ModelList list() {
        return new ModelList(
                "list", pipelines.all().stream().flatMap(this::model).toList());
    }

    @GetMapping("/v1/models/{id}")
    Model get(@PathVariable String id) {
        return pipelines
                .find(id)
                .flatMap(pipeline -> model(pipeline).findFirst())
                .orElseThrow(() -> GatewayException.notFound("id", "model_not_found", "There is no such model"));
    }

    @ExceptionHandler
    void unknown(GatewayException failure, HttpServletResponse response) throws IOException {
        ErrorBody.write(failure, response);
    }

    private Stream<Model> model(Pipeline pipeline) {
        return pipeline.name().stream().map(name -> Model.of(name, pipeline.state()));
    }

    record ModelList(String object, List<Model> data) {}
}

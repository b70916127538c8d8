package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.replica.ReplicaSets;
import dev.pargo.gateway.replica.StageContract;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The configured pipelines. */
@Component
public final class Pipelines {

    private static final StageContract<EncoderDescription> ENCODER =
            new StageContract<>(StageKind.ENCODER.title(), StageKind.ENCODER.tag(), EncoderGrpc.getDescribeMethod());
    private static final StageContract<ProjectorDescription> PROJECTOR = new StageContract<>(
            StageKind.PROJECTOR.title(), StageKind.PROJECTOR.tag(), ProjectorGrpc.getDescribeMethod());
    private static final StageContract<LlmDescription> LLM =
            new StageContract<>(StageKind.LLM.title(), StageKind.LLM.tag(), LlmGrpc.getDescribeMethod());

    private final List<Pipeline> pipelines;

    Pipelines(ReplicaSets replicas, PipelinesProperties properties) {
        this.pipelines = properties.pipelines().stream()
                .map(definition -> new Pipeline(
                        definition,
                        replicas.get(ENCODER, definition.encoder()),
                        replicas.get(PROJECTOR, definition.projector()),
                        replicas.get(LLM, definition.llm())))
                .toList();
    }

    /** All pipelines, in the order of the configuration. */
    public List<Pipeline> all() {
        return pipelines;
    }

    /** The pipeline of a model's name. */
    public Optional<Pipeline> find(String name) {
        return pipelines.stream()
                .filter(pipeline -> pipeline.name().filter(name::equals).isPresent())
                .findFirst();
    }

    /** The pipeline, if there is only one and its name is known. */
    public Optional<Pipeline> only() {
        return pipelines.size() == 1
                ? pipelines.stream()
                        .filter(pipeline -> pipeline.name().isPresent())
                        .findFirst()
                : Optional.empty();
    }

    /** The names that are currently known. */
    public List<String> names() {
        return pipelines.stream().flatMap(pipeline -> pipeline.name().stream()).toList();
    }
}

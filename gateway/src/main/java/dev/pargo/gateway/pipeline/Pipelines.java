package dev.pargo.gateway.pipeline;

import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.ProjectorGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.stereotype.Component;

/** The configured pipelines, and the watch over their stages. A stage that several pipelines name is watched once. */
@Component
public final class Pipelines implements DisposableBean {

    private static final int SEARCH_MILLIS = 1000;

    private final GrpcChannelFactory channels;
    private final PipelinesProperties properties;
    private final Map<String, ManagedChannel> channelsByTarget = new HashMap<>();
    private final List<Stage<?>> stages = new ArrayList<>();
    private final List<Pipeline> pipelines;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "stage-watch"));

    Pipelines(GrpcChannelFactory channels, PipelinesProperties properties) {
        this.channels = channels;
        this.properties = properties;
        this.pipelines = properties.pipelines().stream().map(this::pipeline).toList();
        stages.forEach(this::watch);
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

    /** The names that are known by now. */
    public List<String> names() {
        return pipelines.stream().flatMap(pipeline -> pipeline.name().stream()).toList();
    }

    @Override
    public void destroy() {
        watch.shutdownNow();
    }

    private Pipeline pipeline(PipelinesProperties.Definition definition) {
        return new Pipeline(
                definition,
                stage(StageKind.ENCODER, definition.encoder(), EncoderGrpc.getDescribeMethod()),
                stage(StageKind.PROJECTOR, definition.projector(), ProjectorGrpc.getDescribeMethod()),
                stage(StageKind.LLM, definition.llm(), LlmGrpc.getDescribeMethod()));
    }

    @SuppressWarnings("unchecked") // A kind of stage has one type of description.
    private <D> Stage<D> stage(StageKind kind, String target, MethodDescriptor<DescribeRequest, D> describe) {
        for (Stage<?> stage : stages) {
            if (stage.kind() == kind && stage.target().equals(target)) {
                return (Stage<D>) stage;
            }
        }
        ManagedChannel channel = channelsByTarget.computeIfAbsent(target, channels::createChannel);
        Stage<D> stage = new Stage<>(kind, target, channel, describe, properties.describeTimeout());
        stages.add(stage);
        return stage;
    }

    private void watch(Stage<?> stage) {
        stage.watch();
        look(stage);
    }

    private void look(Stage<?> stage) {
        stage.probe();
        long pause =
                stage.status().problem() == null ? properties.describeEvery().toMillis() : SEARCH_MILLIS;
        watch.schedule(() -> look(stage), pause, TimeUnit.MILLISECONDS);
    }
}

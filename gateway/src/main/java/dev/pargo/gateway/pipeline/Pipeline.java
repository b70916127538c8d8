package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.pipeline.PipelinesProperties.Definition;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import io.grpc.Channel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One model on offer: an encoder, a projector and an LLM. Thread-safe. */
public final class Pipeline {

    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

    private final Definition definition;
    private final Stage<EncoderDescription> encoder;
    private final Stage<ProjectorDescription> projector;
    private final Stage<LlmDescription> llm;
    private volatile @Nullable String bundle;
    private volatile PipelineState state;
    private @Nullable List<String> reported;

    Pipeline(
            Definition definition,
            Stage<EncoderDescription> encoder,
            Stage<ProjectorDescription> projector,
            Stage<LlmDescription> llm) {
        this.definition = definition;
        this.encoder = encoder;
        this.projector = projector;
        this.llm = llm;
        this.state = PipelineState.of(encoder, projector, llm, definition);
        stages().forEach(stage -> stage.onStatus(this::update));
    }

    /** Name in requests; empty until the LLM has told its bundle, if none is configured. */
    public Optional<String> name() {
        return Optional.ofNullable(definition.name() != null ? definition.name() : bundle);
    }

    /** How answers are written where a request does not say. */
    public DecodingDefaults defaults() {
        return definition.defaults();
    }

    /** One line for operators: ready, or what is missing, and where the stages are looked for. */
    public String summary() {
        PipelineState now = state;
        return now.isReady() ? "ready" : "not ready: %s (%s)".formatted(String.join("; ", now.problems()), targets());
    }

    /** The latest snapshot. */
    public PipelineState state() {
        return state;
    }

    /**
     * Asks all stages to describe themselves again.
     *
     * @return completes, never exceptionally, when {@link #state()} is up to date
     */
    public CompletableFuture<Void> refresh() {
        return CompletableFuture.allOf(stages().stream().map(Stage::describe).toArray(CompletableFuture[]::new));
    }

    public Channel encoderChannel() {
        return encoder.channel();
    }

    public Channel projectorChannel() {
        return projector.channel();
    }

    public Channel llmChannel() {
        return llm.channel();
    }

    private List<Stage<?>> stages() {
        return List.of(encoder, projector, llm);
    }

    private String targets() {
        return stages().stream()
                .map(stage -> stage.kind().title() + " " + stage.target())
                .collect(Collectors.joining(", "));
    }

    private synchronized void update() {
        PipelineState next = PipelineState.of(encoder, projector, llm, definition);
        if (next.text() != null) {
            bundle = next.text().llm().getIdentity().getBundle();
        }
        state = next;
        // Before every stage has been asked, there is nothing to tell.
        if (stages().stream().allMatch(Stage::hasBeenAsked) && !next.problems().equals(reported)) {
            reported = next.problems();
            log.atLevel(next.isReady() ? Level.INFO : Level.WARN)
                    .log("Pipeline {} is {}", name().orElse("without a name"), summary());
        }
    }
}

package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.pipeline.PipelinesProperties.Definition;
import dev.pargo.gateway.replica.Replica;
import dev.pargo.gateway.replica.ReplicaSet;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One served model: its encoders, projectors and LLMs. Thread-safe. */
public final class Pipeline {

    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

    private final Definition definition;
    private final ReplicaSet<EncoderDescription> encoders;
    private final ReplicaSet<ProjectorDescription> projectors;
    private final ReplicaSet<LlmDescription> llms;
    private volatile @Nullable String bundle;
    private volatile PipelineState state;
    private @Nullable List<String> reported;

    Pipeline(
            Definition definition,
            ReplicaSet<EncoderDescription> encoders,
            ReplicaSet<ProjectorDescription> projectors,
            ReplicaSet<LlmDescription> llms) {
        this.definition = definition;
        this.encoders = encoders;
        this.projectors = projectors;
        this.llms = llms;
        this.state = PipelineState.of(encoders, projectors, llms, definition);
        stages().forEach(stage -> stage.onChange(this::update));
        update();
    }

    /** Name in requests. If none is configured, empty until an LLM has reported its bundle. */
    public Optional<String> name() {
        return Optional.ofNullable(definition.name() != null ? definition.name() : bundle);
    }

    /** The LLM's adapter that answers; empty for the model itself. */
    public String adapter() {
        return definition.adapter() == null ? "" : definition.adapter();
    }

    /** Decoding parameters for requests that do not set them. */
    public DecodingDefaults defaults() {
        return definition.defaults();
    }

    /** One turn of a conversation, in place of the one that the LLM's model was trained with; empty for that one. */
    public Optional<String> promptTemplate() {
        return Optional.ofNullable(definition.promptTemplate());
    }

    /** One line for operators: ready, or what is missing, and the configured addresses of the stages. */
    public String summary() {
        PipelineState now = state;
        return now.isReady() ? "ready" : "not ready: %s (%s)".formatted(String.join("; ", now.problems()), targets());
    }

    /** The latest snapshot. */
    public PipelineState state() {
        return state;
    }

    /**
     * Returns the set for a request.
     *
     * @param key     requests with the same key get the same set
     * @param refused sets that have failed this request
     * @return empty if there is none
     */
    public Optional<ModelSet> choose(boolean withImages, long key, Set<ModelSet.Id> refused) {
        return ModelSets.choose(state.sets(withImages), key, refused);
    }

    /** The replicas of a set's stage that accept calls now. */
    public List<? extends Replica<?>> replicas(StageKind stage, ModelSet set) {
        return switch (stage) {
            case ENCODER ->
                Weights.serving(
                        encoders,
                        EncoderDescription::getIdentity,
                        vision(set).encoder().getIdentity());
            case PROJECTOR ->
                Weights.serving(
                        projectors,
                        ProjectorDescription::getIdentity,
                        vision(set).projector().getIdentity());
            case LLM ->
                Weights.serving(llms, LlmDescription::getIdentity, set.llm().getIdentity());
        };
    }

    private static ModelSet.Vision vision(ModelSet set) {
        return Objects.requireNonNull(set.vision(), "a set for text has no encoder and no projector");
    }

    private List<ReplicaSet<?>> stages() {
        return List.of(encoders, projectors, llms);
    }

    private String targets() {
        return stages().stream()
                .map(stage -> stage.contract().title() + " " + stage.target())
                .collect(Collectors.joining(", "));
    }

    private synchronized void update() {
        PipelineState next = PipelineState.of(encoders, projectors, llms, definition);
        next.text().stream()
                .findFirst()
                .ifPresent(set -> bundle = set.llm().getIdentity().getBundle());
        state = next;
        // Do not log before every stage has been looked up.
        if (stages().stream().allMatch(ReplicaSet::isKnown) && !next.problems().equals(reported)) {
            reported = next.problems();
            log.atLevel(next.isReady() ? Level.INFO : Level.WARN)
                    .log("Pipeline {} is {}", name().orElse("without a name"), summary());
        }
    }
}

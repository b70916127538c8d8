package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.pipeline.PipelinesProperties.Definition;
import dev.pargo.gateway.replica.ReplicaSet;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The sets that a pipeline's replicas form. A snapshot.
 *
 * @param complete sets that answer all requests that their model can answer
 * @param text     sets that answer requests without images: one for each LLM; they need no encoder or projector
 * @param problems why there is no complete set, one clause for each reason; empty if there is one
 */
public record PipelineState(List<ModelSet> complete, List<ModelSet> text, List<String> problems) {

    public PipelineState {
        complete = List.copyOf(complete);
        text = List.copyOf(text);
        problems = List.copyOf(problems);
    }

    /** Whether the pipeline can answer all requests. */
    public boolean isReady() {
        return !complete.isEmpty();
    }

    /** The sets that answer requests of a kind. */
    public List<ModelSet> sets(boolean withImages) {
        return withImages ? complete : text;
    }

    /** The set that describes the model: a complete set, or else one for text; empty if there is none. */
    public Optional<ModelSet> shown() {
        return complete.isEmpty() ? text.stream().findFirst() : Optional.of(complete.get(0));
    }

    static PipelineState of(
            ReplicaSet<EncoderDescription> encoders,
            ReplicaSet<ProjectorDescription> projectors,
            ReplicaSet<LlmDescription> llms,
            Definition definition) {
        // Ordered, without duplicates.
        Set<String> problems = new LinkedHashSet<>();
        List<Weights<EncoderDescription>> encoding =
                served(encoders, Weights.served(encoders, EncoderDescription::getIdentity), problems);
        List<Weights<ProjectorDescription>> projecting =
                served(projectors, Weights.served(projectors, ProjectorDescription::getIdentity), problems);
        List<Weights<LlmDescription>> answering =
                served(llms, Weights.served(llms, LlmDescription::getIdentity), problems);
        List<ModelSet> text = new ArrayList<>();
        List<ModelSet> complete = new ArrayList<>();
        for (Weights<LlmDescription> llm : answering) {
            if (!hasAdapter(llm.description(), definition, problems)) {
                continue;
            }
            ModelSet alone = new ModelSet(llm.description(), null, llm.capacity());
            text.add(alone);
            if (!alone.takesPictures()) {
                complete.add(alone);
                continue;
            }
            for (Weights<EncoderDescription> encoder : encoding) {
                for (Weights<ProjectorDescription> projector : projecting) {
                    List<String> misfits = StageCompatibility.problems(
                            encoder.description(),
                            projector.description(),
                            llm.description(),
                            definition.requireSameBundle());
                    if (misfits.isEmpty()) {
                        complete.add(new ModelSet(
                                llm.description(),
                                new ModelSet.Vision(encoder.description(), projector.description()),
                                Math.min(llm.capacity(), Math.min(encoder.capacity(), projector.capacity()))));
                    } else {
                        problems.addAll(misfits);
                    }
                }
            }
        }
        return new PipelineState(complete, text, complete.isEmpty() ? List.copyOf(problems) : List.of());
    }

    private static <D> List<Weights<D>> served(ReplicaSet<D> replicas, List<Weights<D>> weights, Set<String> problems) {
        if (weights.isEmpty()) {
            problems.add("the %s %s".formatted(replicas.contract().title(), replicas.problem()));
        }
        return weights;
    }

    private static boolean hasAdapter(LlmDescription llm, Definition definition, Set<String> problems) {
        if (definition.adapter() == null || llm.getAdaptersList().contains(definition.adapter())) {
            return true;
        }
        problems.add("the LLM has no adapter '%s', only %s".formatted(definition.adapter(), llm.getAdaptersList()));
        return false;
    }
}

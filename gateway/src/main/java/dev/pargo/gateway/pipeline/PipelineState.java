package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.pipeline.PipelinesProperties.Definition;
import dev.pargo.gateway.prompt.PromptTemplate;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.PromptFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline's stages were when they were last looked at. A snapshot: a request that holds one works with these
 * descriptions, or not at all.
 *
 * @param text     the LLM's part; null if it cannot be used
 * @param vision   encoder and projector, fitting each other and the LLM; null if images cannot be used
 * @param problems why the pipeline is not ready, a clause each; empty if it is
 */
public record PipelineState(@Nullable Text text, @Nullable Vision vision, List<String> problems) {

    /** What a request without images needs. */
    public record Text(LlmDescription llm, PromptTemplate prompt) {}

    /** What a request with images needs besides. */
    public record Vision(EncoderDescription encoder, ProjectorDescription projector) {}

    public PipelineState {
        problems = List.copyOf(problems);
    }

    /** Whether the whole pipeline can be used. */
    public boolean isReady() {
        return problems.isEmpty();
    }

    /** Whether requests of a kind can be answered. */
    public boolean answers(boolean withImages) {
        return text != null && (!withImages || vision != null);
    }

    static PipelineState of(
            Stage<EncoderDescription> encoderStage,
            Stage<ProjectorDescription> projectorStage,
            Stage<LlmDescription> llmStage,
            Definition definition) {
        List<String> problems = new ArrayList<>();
        @Nullable EncoderDescription encoder = description(encoderStage, problems);
        @Nullable ProjectorDescription projector = description(projectorStage, problems);
        @Nullable LlmDescription llm = description(llmStage, problems);
        if (encoder != null && projector != null && llm != null) {
            problems.addAll(Fit.problems(encoder, projector, llm, definition.requireSameBundle()));
        }
        boolean fit = problems.isEmpty();
        @Nullable Text text = llm == null ? null : text(llm, definition, problems);
        @Nullable Vision vision = fit && encoder != null && projector != null ? new Vision(encoder, projector) : null;
        return new PipelineState(text, vision, problems);
    }

    private static <D> @Nullable D description(Stage<D> stage, List<String> problems) {
        StageStatus<D> status = stage.status();
        if (status.problem() != null) {
            problems.add("the %s %s".formatted(stage.kind().title(), status.problem()));
        }
        return status.description();
    }

    private static @Nullable Text text(LlmDescription llm, Definition definition, List<String> problems) {
        PromptFormat format = definition.promptTemplate() == null
                ? llm.getPrompt()
                : llm.getPrompt().toBuilder()
                        .setTemplate(definition.promptTemplate())
                        .build();
        try {
            return new Text(llm, new PromptTemplate(format));
        } catch (IllegalArgumentException unusable) {
            problems.add(unusable.getMessage());
            return null;
        }
    }
}

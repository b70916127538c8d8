package dev.pargo.gateway.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.PipelineState;
import dev.pargo.proto.v1.LlmCapabilities;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.StageIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A served model.
 *
 * @param created     seconds since 1970: when the gateway began to offer it
 * @param maxModelLen an extension, named as in vLLM: largest number of tokens of prompt and answer together; null if
 *                    unknown
 * @param ready       an extension: whether all stages are available and fit each other
 * @param pargo       an extension: the model's stages
 */
@JsonNaming(SnakeCaseStrategy.class)
record Model(
        String id,
        String object,
        long created,
        String ownedBy,
        @Nullable Integer maxModelLen,
        boolean ready,
        Parts pargo) {

    static Model of(String name, Instant created, Pipeline pipeline) {
        PipelineState state = pipeline.state();
        Parts parts = Parts.of(state, pipeline.adapter());
        return new Model(
                name, "model", created.getEpochSecond(), "pargo", parts.contextTokens(), state.isReady(), parts);
    }

    /** The stages, as far as they are known, and sizes for clients. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Parts(
            @Nullable Part encoder,
            @Nullable Part projector,
            @Nullable Part llm,
            @Nullable String adapter,
            @Nullable Integer visualTokens,
            @Nullable Query queryTokens,
            @Nullable Integer contextTokens,
            @Nullable Long maxImageBytes,
            @Nullable Long maxImagePixels,
            @Nullable String promptFormat,
            @Nullable Boolean tools,
            @Nullable Boolean toolCalls,
            @Nullable Boolean singleTurn,
            @Nullable Features features) {

        /** @param adapter the LLM's LoRA adapter that answers; empty for none */
        static Parts of(PipelineState state, String adapter) {
            @Nullable ModelSet set = state.shown().orElse(null);
            ModelSet.@Nullable Vision vision = set == null ? null : set.vision();
            @Nullable LlmDescription llm = set == null ? null : set.llm();
            return new Parts(
                    vision == null ? null : Part.of(vision.encoder().getIdentity()),
                    vision == null ? null : Part.of(vision.projector().getIdentity()),
                    llm == null ? null : Part.of(llm.getIdentity()),
                    adapter.isEmpty() ? null : adapter,
                    vision == null ? null : vision.projector().getOutput().getTokens(),
                    vision == null ? null : Query.of(vision.projector()),
                    llm == null ? null : llm.getContextTokens(),
                    vision == null ? null : vision.encoder().getMaxImageBytes(),
                    vision == null ? null : vision.encoder().getMaxImagePixels(),
                    llm == null ? null : llm.getPrompt().getOrigin(),
                    llm == null ? null : llm.getPrompt().getTools(),
                    llm == null ? null : llm.getPrompt().hasToolCalls(),
                    llm == null ? null : llm.getPrompt().getSingleTurn(),
                    llm == null || !llm.hasCapabilities() ? null : Features.of(llm.getCapabilities()));
        }
    }

    /** What requests may ask for of the LLM service; null if it does not say, which means everything. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Features(boolean beamSearch, boolean visualAttention, boolean repetitionPenaltyWithPictures) {

        static Features of(LlmCapabilities can) {
            return new Features(can.getBeamSearch(), can.getVisualAttention(), can.getRepetitionPenaltyWithPictures());
        }
    }

    /** The query tokens of a projector with cross-attention. {@code /v1/attention} returns their attention. */
    record Query(int partial, int global) {

        static @Nullable Query of(ProjectorDescription projector) {
            return projector.hasQueryTokens()
                    ? new Query(
                            projector.getQueryTokens().getPartial(),
                            projector.getQueryTokens().getGlobal())
                    : null;
        }
    }

    /** One stage. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Part(
            String network,
            String bundle,
            String bundleRevision,
            String fingerprint,
            String precision,
            String precisionReason,
            String device,
            boolean randomWeights) {

        static Part of(StageIdentity identity) {
            return new Part(
                    identity.getNetwork(),
                    identity.getBundle(),
                    identity.getBundleRevision(),
                    identity.getFingerprint(),
                    identity.getPrecision(),
                    identity.getPrecisionReason(),
                    identity.getDevice(),
                    identity.getRandomWeights());
        }
    }
}

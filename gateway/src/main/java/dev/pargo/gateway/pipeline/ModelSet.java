package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.prompt.PromptTemplate;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.StageIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Weights that belong together: what a request is answered by from its first call to its last. While weights are being
 * changed there are two sets of a model, each with replicas of its own.
 *
 * @param vision   null in a set that answers text only
 * @param capacity how much the set can take on, in proportion to the other sets of its pipeline
 */
public record ModelSet(
        LlmDescription llm, PromptTemplate prompt, @Nullable Vision vision, int capacity) {

    /** What requests with images need besides. */
    public record Vision(EncoderDescription encoder, ProjectorDescription projector) {

        /** Who the encoder is, wherever it runs. */
        public StageIdentity encoderWeights() {
            return Weights.of(encoder.getIdentity());
        }

        /** Who the projector is, wherever it runs. */
        public StageIdentity projectorWeights() {
            return Weights.of(projector.getIdentity());
        }
    }

    /** Who the stages of a set are, wherever they run. */
    public record Id(
            StageIdentity llm,
            @Nullable StageIdentity encoder,
            @Nullable StageIdentity projector) {}

    /** Equal for sets of the same weights. */
    public Id id() {
        return new Id(
                Weights.of(llm.getIdentity()),
                vision == null ? null : vision.encoderWeights(),
                vision == null ? null : vision.projectorWeights());
    }

    /** Whether each of its stages has a replica that is ready; otherwise one of them has only silent ones. */
    public boolean isReady() {
        return capacity >= Weights.READY;
    }

    /** The same in every gateway. */
    String fingerprints() {
        String text = llm.getIdentity().getFingerprint();
        return vision == null
                ? text
                : String.join(
                        "/",
                        text,
                        vision.encoder().getIdentity().getFingerprint(),
                        vision.projector().getIdentity().getFingerprint());
    }
}

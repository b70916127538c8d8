package dev.pargo.gateway.pipeline;

import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.StageIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Weights that belong together. One set answers a request from its first call to its last. During a change of weights a
 * model has two sets, each with its own replicas.
 *
 * @param vision   null in a set that answers text only
 * @param capacity the set's capacity relative to the other sets of its pipeline
 */
public record ModelSet(LlmDescription llm, @Nullable Vision vision, int capacity) {

    /** The stages that only requests with images need. */
    public record Vision(EncoderDescription encoder, ProjectorDescription projector) {

        /** The encoder's identity, without its device. */
        public StageIdentity encoderWeights() {
            return Weights.of(encoder.getIdentity());
        }

        /** The projector's identity, without its device. */
        public StageIdentity projectorWeights() {
            return Weights.of(projector.getIdentity());
        }
    }

    /** The identities of a set's stages, without their devices. */
    public record Id(
            StageIdentity llm,
            @Nullable StageIdentity encoder,
            @Nullable StageIdentity projector) {}

    /** Whether the set's model takes pictures at all. */
    public boolean takesPictures() {
        return llm.hasVisualInput();
    }

    /** Equal for sets of the same weights. */
    public Id id() {
        return new Id(
                Weights.of(llm.getIdentity()),
                vision == null ? null : vision.encoderWeights(),
                vision == null ? null : vision.projectorWeights());
    }

    /** True if each stage of the set has a ready replica. If false, at least one stage has only silent replicas. */
    public boolean isReady() {
        return capacity >= Weights.READY;
    }

    /** The fingerprints of the weights as one key, the same in every gateway. */
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

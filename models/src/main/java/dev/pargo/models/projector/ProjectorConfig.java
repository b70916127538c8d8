package dev.pargo.models.projector;

import dev.pargo.models.network.NetworkConfig;

/** Dimensions of a projector. */
public sealed interface ProjectorConfig extends NetworkConfig permits MlpConfig, ParGoConfig {

    /** Prefix of the norm's tensors that ParGo puts between encoder and projector. */
    String FEATURE_NORM = "ln_vision";

    /** Patch features expected of one image. */
    int inputTokens();

    /** Width of the encoder's features. */
    int inputWidth();

    /** Visual tokens of one image. */
    int outputTokens();

    /** Width of the LLM's embeddings. */
    int outputWidth();

    /** A fusion checkpoint also holds tensors of the other stages. */
    @Override
    default boolean ignores(String tensor) {
        return tensor.startsWith("visual_encoder.") || tensor.startsWith("llm_model.");
    }
}

package dev.pargo.models.projector;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.weights.Checkpoint;

/** Dimensions of a projector. */
public sealed interface ProjectorConfig extends NetworkConfig permits MlpConfig, ParGoConfig {

    /** Prefix of the norm's tensors that ParGo puts between encoder and projector. */
    String FEATURE_NORM = "ln_vision";

    /**
     * Reads a manifest's section, whose {@code type} names one of the reference's projectors.
     *
     * @param patches        patch features of one image
     * @param featureNormEps of the norm on the incoming features
     * @param checkpoint     holds the projector's tensors
     * @throws dev.pargo.models.config.ConfigException if it is not valid, or of an unknown type
     */
    static ProjectorConfig read(JsonConfig section, int patches, double featureNormEps, Checkpoint checkpoint) {
        String type = section.string("type");
        return switch (type) {
            case "ParGo" -> {
                int partial = section.integer("num_local_query_token");
                yield ParGoConfig.read(section, partial, patches, featureNormEps, checkpoint);
            }
            case "Q-Former" -> ParGoConfig.read(section, 0, patches, featureNormEps, checkpoint);
            case "linear" -> MlpConfig.linear(section, patches, featureNormEps, checkpoint);
            case "mlp" -> MlpConfig.mlp(section, patches, featureNormEps, checkpoint);
            default -> throw section.unknown("type", type, "ParGo, Q-Former, linear, mlp; LLaVA's is named by its dir");
        };
    }

    /** Patch features expected of one image. */
    int inputTokens();

    /** Width of the encoder's features. */
    int inputWidth();

    /** Visual tokens of one image. */
    int outputTokens();

    /** Width of the LLM's embeddings. */
    int outputWidth();

    /** The same projector in front of an LLM of another width. */
    ProjectorConfig withLlmWidth(int width);

    /** A fusion checkpoint also holds tensors of the other stages. */
    @Override
    default boolean ignores(String tensor) {
        return tensor.startsWith("visual_encoder.") || tensor.startsWith("llm_model.");
    }
}

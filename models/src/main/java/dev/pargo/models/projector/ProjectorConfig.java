package dev.pargo.models.projector;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.weights.Checkpoint;
import java.util.Optional;

/** Dimensions of a projector. */
public sealed interface ProjectorConfig extends NetworkConfig
        permits AnyResConfig, MergerConfig, PatchProjector, PoolConfig {

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
    static PatchProjector read(JsonConfig section, int patches, double featureNormEps, Checkpoint checkpoint) {
        String type = section.string("type");
        return switch (type) {
            case "ParGo" -> {
                int partial = section.integer("num_local_query_token");
                yield ParGoConfig.read(section, partial, patches, featureNormEps, checkpoint);
            }
            case "Q-Former" -> ParGoConfig.read(section, 0, patches, featureNormEps, checkpoint);
            case "linear" -> MlpConfig.linear(section, patches, featureNormEps, checkpoint);
            case "mlp" -> MlpConfig.mlp(section, patches, featureNormEps, checkpoint);
            case "C-Abstractor" -> CAbstractorConfig.read(section, patches, checkpoint);
            case "LDPv2" -> LdpConfig.read(section, patches, checkpoint);
            default ->
                throw section.unknown(
                        "type",
                        type,
                        "ParGo, Q-Former, linear, mlp, C-Abstractor, LDPv2; those of published models are named by their dir");
        };
    }

    /** Width of the encoder's features. */
    int inputWidth();

    /** Width of a visual token: that of the LLM's embeddings, or of several side by side. */
    int outputWidth();

    /**
     * The visual tokens of a picture.
     *
     * @param features the encoder's layout, its cells are feature vectors
     * @return a row for each visual token
     * @throws IllegalArgumentException if the pieces are not what the projector takes
     */
    PictureLayout layout(PictureLayout features);

    /**
     * Most visual tokens of a picture.
     *
     * @param features of all its pieces
     */
    long maxTokens(long features);

    /** What the program needs to know of a picture's pieces, in whole numbers. */
    default long[] shapes(PictureLayout features) {
        return new long[0];
    }

    /**
     * This projector, if it takes a fixed number of patches.
     *
     * @throws ConfigException if it takes pieces of any size
     */
    default PatchProjector fixed() {
        if (this instanceof PatchProjector projector) {
            return projector;
        }
        throw new ConfigException(
                "a %s projector takes pieces of any size; a fixed number of patches is needed".formatted(network()));
    }

    /** The queries of a projector with cross-attention; empty for others. */
    default Optional<QueryTokens> queryTokens() {
        return Optional.empty();
    }

    /** A fusion checkpoint also holds tensors of the other stages. */
    @Override
    default boolean ignores(String tensor) {
        return tensor.startsWith("visual_encoder.") || tensor.startsWith("llm_model.");
    }
}

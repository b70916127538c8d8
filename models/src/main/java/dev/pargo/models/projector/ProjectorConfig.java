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

    /** Prefix of the tensors of the norm that ParGo applies between encoder and projector. */
    String FEATURE_NORM = "ln_vision";

    /**
     * Reads a manifest's section, whose {@code type} names one of the reference's projectors.
     *
     * @param patches        patch features of one image
     * @param featureNormEps epsilon of the norm on the incoming features
     * @param checkpoint     holds the projector's tensors
     * @throws dev.pargo.models.config.ConfigException if the section is invalid or its type is unknown
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

    /** Width of a visual token: the width of the LLM's embeddings, or a multiple of it if several embeddings are concatenated. */
    int outputWidth();

    /**
     * The layout of a picture's visual tokens.
     *
     * @param features the encoder's layout, whose cells are feature vectors
     * @return the same pieces with one cell for each visual token
     * @throws IllegalArgumentException if the projector does not take pieces of these sizes
     */
    PictureLayout layout(PictureLayout features);

    /**
     * The largest number of visual tokens of a picture.
     *
     * @param features number of feature vectors of all its pieces
     */
    long maxTokens(long features);

    /** What the TorchScript program needs to know about a picture's pieces, as integers. */
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

    /** The query tokens of a projector with cross-attention; empty for other projectors. */
    default Optional<QueryTokens> queryTokens() {
        return Optional.empty();
    }

    /** Whether a tensor belongs to another stage: a fusion checkpoint holds those too. */
    @Override
    default boolean ignores(String tensor) {
        return tensor.startsWith("visual_encoder.") || tensor.startsWith("llm_model.");
    }
}

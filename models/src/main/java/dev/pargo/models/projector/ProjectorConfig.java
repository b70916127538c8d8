package dev.pargo.models.projector;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.picture.PictureLayout;
import java.util.List;
import java.util.Optional;

/** Dimensions of a projector. */
public sealed interface ProjectorConfig extends NetworkConfig
        permits AnyResConfig, MergerConfig, PatchProjector, PoolConfig {

    /** Prefix of the tensors of the norm that ParGo applies between encoder and projector. */
    String FEATURE_NORM = "ln_vision";

    /** The types that manifests name. */
    List<String> TYPES = List.of(
            "ParGo",
            "Q-Former",
            "linear",
            "mlp",
            "C-Abstractor",
            "LDPv2",
            "pixel-shuffle",
            "average-pool",
            "qwen-merger");

    /**
     * Reads a manifest's section, whose {@code type} is one of {@link #TYPES}.
     *
     * @param patches        patch features of one image
     * @param featureNormEps epsilon of the norm on the incoming features
     * @param widths         tells the LLM's width
     * @throws dev.pargo.models.config.ConfigException if the section is invalid or its type is unknown
     */
    static ProjectorConfig read(JsonConfig section, int patches, double featureNormEps, LayerWidths widths) {
        String type = section.string("type");
        return switch (type) {
            case "ParGo" -> {
                int partial = section.integer("num_local_query_token");
                yield ParGoConfig.read(section, partial, patches, featureNormEps, widths);
            }
            case "Q-Former" -> ParGoConfig.read(section, 0, patches, featureNormEps, widths);
            case "linear" -> MlpConfig.linear(section, patches, featureNormEps, widths);
            case "mlp" -> MlpConfig.mlp(section, patches, featureNormEps, widths);
            case "C-Abstractor" -> CAbstractorConfig.read(section, patches, widths);
            case "LDPv2" -> LdpConfig.read(section, patches, widths);
            case "pixel-shuffle", "qwen-merger" -> MergerConfig.read(section, patches, widths);
            case "average-pool" -> PoolConfig.read(section, patches, widths);
            default ->
                throw section.unknown(
                        "type", type, String.join(", ", TYPES) + "; those of published models are named by their dir");
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
    default Optional<QueryLayout> queryTokens() {
        return Optional.empty();
    }

    /** Whether a tensor belongs to another stage: a fusion checkpoint holds those too. */
    @Override
    default boolean ignores(String tensor) {
        return tensor.startsWith("visual_encoder.") || tensor.startsWith("llm_model.");
    }
}

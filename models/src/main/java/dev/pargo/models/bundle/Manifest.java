package dev.pargo.models.bundle;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle's manifest as it stands in its JSON file, names in snake case. What may be absent is nullable here; its
 * {@code …OrDefault} method gives the reference's value.
 *
 * <p>Files and directories are relative to the manifest.
 *
 * @param revision   names what was trained together; absent: a hash over the manifest and the weights
 * @param featureNorm the norm between encoder and projector, whose weights lie with the projector's
 */
public record Manifest(
        String name,
        @Nullable String revision,
        Image image,
        Vision vision,
        @JsonProperty("ln_vision") @Nullable FeatureNorm featureNorm,
        Projector projector,
        Llm llm,
        Prompt prompt,
        @Nullable Generation generation) {

    public double featureNormEpsOrDefault() {
        return featureNorm == null || featureNorm.eps() == null ? 1e-5 : featureNorm.eps();
    }

    public String eosTokenOrDefault() {
        return generation == null || generation.eosToken() == null ? "</s>" : generation.eosToken();
    }

    public int maxNewTokensOrDefault() {
        return generation == null || generation.maxNewTokens() == null ? 100 : generation.maxNewTokens();
    }

    /**
     * How a picture becomes pixel values.
     *
     * @param size        side of the network's input in pixels
     * @param patchSize   side of a patch in pixels
     * @param padToSquare pad to a square before resizing; otherwise the aspect ratio is lost
     * @param letterbox   side of the released evaluation's letterbox, whose top-left {@code size} square alone is seen
     * @param convention  {@code natural} or {@code reference}: how alpha and EXIF orientation are handled
     */
    public record Image(
            int size,
            int patchSize,
            @Nullable Boolean padToSquare,
            @Nullable Integer letterbox,
            @Nullable String convention,
            int @Nullable [] padColor,
            float @Nullable [] mean,
            float @Nullable [] std) {}

    /**
     * The vision encoder.
     *
     * @param type       {@code EVAVisionTransformer}
     * @param file       checkpoint that holds its tensors
     * @param prefix     of its tensors' names in the checkpoint
     * @param ptHwSeqLen side in patches of the grid that rotary positions are scaled to
     */
    public record Vision(
            String type,
            String file,
            @Nullable String prefix,
            int width,
            int layers,
            @Nullable Integer headWidth,
            @Nullable Double mlpRatio,
            @Nullable Integer mlpHidden,
            @Nullable Integer ptHwSeqLen,
            @Nullable Double layerNormEps) {

        public String prefixOrDefault() {
            return prefix == null ? "visual." : prefix;
        }

        public int headsOrDefault() {
            return width / (headWidth == null ? 64 : headWidth);
        }

        public int mlpHiddenOrDefault() {
            return mlpHidden == null ? (int) (width * (mlpRatio == null ? 2.6667 : mlpRatio)) : mlpHidden;
        }

        public int pretrainedGridOrDefault() {
            return ptHwSeqLen == null ? 16 : ptHwSeqLen;
        }

        public double epsOrDefault() {
            return layerNormEps == null ? 1e-6 : layerNormEps;
        }
    }

    public record FeatureNorm(@Nullable Double eps) {}

    /**
     * The projector.
     *
     * @param type               {@code ParGo}; without partial tokens it is a Q-Former
     * @param file               fusion checkpoint in any of the reference's layouts
     * @param numLocalQueryToken partial tokens; they come first
     * @param crossAttentionFreq layers whose number it divides have cross-attention
     * @param cascade            absent: the released masks
     */
    public record Projector(
            String type,
            String file,
            int numQueryToken,
            int numLocalQueryToken,
            int hiddenSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int intermediateSize,
            int encoderWidth,
            @Nullable Integer crossAttentionFreq,
            @Nullable Double layerNormEps,
            @Nullable Integer maxPositionEmbeddings,
            @Nullable Cascade cascade) {

        public int crossAttentionFreqOrDefault() {
            return crossAttentionFreq == null ? 1 : crossAttentionFreq;
        }

        public int maxPositionEmbeddingsOrDefault() {
            return maxPositionEmbeddings == null ? 512 : maxPositionEmbeddings;
        }

        public double epsOrDefault() {
            return layerNormEps == null ? 1e-12 : layerNormEps;
        }
    }

    /** Radius of partial self-attention in each layer; -1: all. */
    public record Cascade(List<Integer> radii) {}

    /** The LLM: a directory in Hugging Face's layout, and an adapter to merge into it. */
    public record Llm(String dir, @Nullable Lora lora) {}

    /**
     * LoRA updates.
     *
     * @param file  fusion checkpoint or PEFT directory
     * @param alpha of a fusion checkpoint, which does not say it; a PEFT directory does
     */
    public record Lora(String file, @Nullable Double alpha) {}

    /** How the model was trained to be asked. */
    public record Prompt(
            String template,
            @Nullable String imagePlaceholder,
            @Nullable String bosToken) {

        public String imagePlaceholderOrDefault() {
            return imagePlaceholder == null ? "<ImageHere>" : imagePlaceholder;
        }

        public String bosTokenOrDefault() {
            return bosToken == null ? "<s>" : bosToken;
        }
    }

    /** Decoding defaults. */
    public record Generation(
            @Nullable String eosToken, @Nullable Integer maxNewTokens) {}
}

package dev.pargo.models.llm;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.weights.MappedRows;
import java.util.List;

/**
 * A decoder's embedding table without the rest of the decoder, to embed prompts for a server that has the whole one. It
 * is mapped from the checkpoint, not loaded. Immutable, thread-safe.
 */
public final class EmbeddingTable {

    private final MappedRows rows;

    private EmbeddingTable(MappedRows rows) {
        this.rows = rows;
    }

    /**
     * Maps the table of a decoder.
     *
     * @throws ConfigException if embeddings alone do not say everything about a prompt: the decoder places visual
     *     tokens in two dimensions, lets them see each other, takes further inputs for them, or scales embeddings; or
     *     if an adapter updates the table
     * @throws dev.pargo.models.weights.CheckpointException if the checkpoint does not have the table
     */
    public static EmbeddingTable of(StoredNetwork<DecoderConfig> decoder) {
        DecoderConfig config = decoder.config();
        DecoderStyle style = config.style();
        if (config.axes().count() > 1) {
            throw refusal(config, "positions with three axes (M-RoPE)");
        }
        if (style.sideInputs() > 0) {
            throw refusal(config, "further inputs for visual tokens (DeepStack)");
        }
        if (style.picturesSeeBack() || style.embeddingScale() != 1) {
            throw refusal(config, "visual tokens that attend to each other in both directions");
        }
        String name = config.family().names().embedding() + ".weight";
        if (decoder.adapter().updates(name)) {
            throw new ConfigException("the adapter of the LLM updates its embedding table; merge it first");
        }
        return new EmbeddingTable(new MappedRows(decoder.checkpoint().get(name)));
    }

    private static ConfigException refusal(DecoderConfig config, String what) {
        return new ConfigException(
                "a prompt of embeddings cannot express what the LLM %s needs: %s".formatted(config.network(), what));
    }

    /**
     * The rows of a prompt.
     *
     * @param parts with tokens of the vocabulary, and visual tokens of the decoder's width
     */
    public EmbeddedPrompt embed(List<PromptPart> parts) {
        return new EmbeddedPrompt(rows, parts);
    }
}

package dev.pargo.models.llm;

/**
 * How a decoder differs from Llama.
 *
 * @param qkNorm          whether each head's queries and keys are normalised
 * @param postNorms       whether the outputs of attention and MLP are normalised too
 * @param normOffset      added to the weights of all norms
 * @param gelu            whether the MLP's gate uses the tanh approximation of GELU; otherwise SiLU
 * @param embeddingScale  factor on the embeddings of text tokens
 * @param queryScale      factor on the products of queries and keys
 * @param picturesSeeBack whether the visual tokens of a run attend to each other in both directions
 * @param sideInputs      number of first layers after which additional columns of the visual tokens are added to their
 *                        rows (DeepStack)
 */
public record DecoderStyle(
        boolean qkNorm,
        boolean postNorms,
        double normOffset,
        boolean gelu,
        double embeddingScale,
        double queryScale,
        boolean picturesSeeBack,
        int sideInputs) {

    /** Llama's style, optionally with norms on queries and keys. */
    static DecoderStyle plain(int headWidth, boolean qkNorm) {
        return new DecoderStyle(qkNorm, false, 0, false, 1, 1 / Math.sqrt(headWidth), false, 0);
    }

    /** Gemma 3's style. */
    static DecoderStyle gemma3(int width, double queryPreAttention) {
        return new DecoderStyle(true, true, 1, true, Math.sqrt(width), 1 / Math.sqrt(queryPreAttention), true, 0);
    }

    DecoderStyle withSideInputs(int count) {
        return new DecoderStyle(
                qkNorm, postNorms, normOffset, gelu, embeddingScale, queryScale, picturesSeeBack, count);
    }
}

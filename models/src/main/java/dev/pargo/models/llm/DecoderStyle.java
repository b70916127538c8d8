package dev.pargo.models.llm;

/**
 * What a decoder does otherwise than Llama.
 *
 * @param qkNorm          whether each head's queries and keys are normalised
 * @param postNorms       whether what attention and MLP give is normalised too
 * @param normOffset      is added to the weights of all norms
 * @param gelu            whether the MLP's gate is a GELU by tanh; otherwise it is SiLU
 * @param embeddingScale  multiplies the embeddings of tokens
 * @param queryScale      multiplies the products of queries and keys
 * @param picturesSeeBack whether the visual tokens of a run see each other in both directions
 * @param sideInputs      layers, the first ones, after which columns of the visual tokens are added to their rows (DeepStack)
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

    /** As Llama has it, but perhaps with norms on queries and keys. */
    static DecoderStyle plain(int headWidth, boolean qkNorm) {
        return new DecoderStyle(qkNorm, false, 0, false, 1, 1 / Math.sqrt(headWidth), false, 0);
    }

    /** As Gemma 3 has it. */
    static DecoderStyle gemma3(int width, double queryPreAttention) {
        return new DecoderStyle(true, true, 1, true, Math.sqrt(width), 1 / Math.sqrt(queryPreAttention), true, 0);
    }

    DecoderStyle withSideInputs(int count) {
        return new DecoderStyle(
                qkNorm, postNorms, normOffset, gelu, embeddingScale, queryScale, picturesSeeBack, count);
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptPart;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The attention of an answer's tokens to the visual tokens of its prompt: the weights of the row that a token was
 * chosen from. A request gets at most {@link #MOST_WEIGHTS} weights; tokens beyond that limit have none. Immutable.
 */
public final class VisualWeights {

    /**
     * Largest number of weights of all answers of a request together; for the 304 visual tokens of ParGo's release,
     * that is 862 tokens of an answer.
     */
    public static final int MOST_WEIGHTS = 1 << 18;

    private final int[] visualTokens;

    /** @param prompt the parts of the prompt as the decoder reads them */
    public VisualWeights(List<PromptPart> prompt) {
        IntStream.Builder positions = IntStream.builder();
        int position = 0;
        for (PromptPart part : prompt) {
            if (part instanceof PromptPart.Visual) {
                IntStream.range(position, position + part.length()).forEach(positions::add);
            }
            position += part.length();
        }
        visualTokens = positions.build().toArray();
    }

    /** Largest number of tokens, of all answers together, that have weights. */
    int mostTokens() {
        return visualTokens.length == 0 ? 0 : MOST_WEIGHTS / visualTokens.length;
    }

    /**
     * Selects the weights of the visual tokens, in the order of the prompt.
     *
     * @param weights of all tokens of the sequence
     */
    float[] of(float[] weights) {
        float[] visual = new float[visualTokens.length];
        for (int i = 0; i < visual.length; i++) {
            visual[i] = weights[visualTokens[i]];
        }
        return visual;
    }
}

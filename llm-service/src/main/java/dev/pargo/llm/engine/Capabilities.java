package dev.pargo.llm.engine;

/**
 * What a generator can do beyond what all of them can.
 *
 * @param beamSearch                     beam search
 * @param visualAttention                reports how much tokens attend to visual tokens
 * @param repetitionPenaltyWithPictures  repetition penalties for prompts with pictures, which count the tokens of the prompt
 */
public record Capabilities(boolean beamSearch, boolean visualAttention, boolean repetitionPenaltyWithPictures) {

    /** The own engine can do all. */
    static final Capabilities ALL = new Capabilities(true, true, true);

    /** A server that gets prompts as embeddings and gives tokens back. */
    public static final Capabilities OF_EMBEDDED_PROMPTS = new Capabilities(false, false, false);
}

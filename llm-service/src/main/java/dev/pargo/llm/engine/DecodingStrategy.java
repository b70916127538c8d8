package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.List;

/**
 * How a group's sequences are written after its prompt has been read. A step has three parts: {@link #nextTokens} and
 * {@link #draws} say what it computes and change nothing; {@link #advance} applies the result, and is only called if
 * the step has succeeded. Belongs to the device's thread.
 */
interface DecodingStrategy {

    /**
     * Sets the slots for the sequences, at the beginning and after a suspension. They have the content of the
     * strategy's previous slots, in the same order.
     */
    void use(int[] slots);

    /** Rows of the next step. Their logits have the same order. */
    List<Step.Tokens> nextTokens();

    /**
     * The draws from the step's logits.
     *
     * @param firstRow this group's first row of the logits
     * @param tokens   tokens that the step computed; none if it ended the prompt, because then only the prompt's last
     *               row has logits
     */
    List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens);

    /**
     * Applies a step.
     *
     * @param logits of the whole step
     * @param drawn  one for each of the {@link #draws}
     * @return the new tokens
     */
    List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn);

    /** True when all sequences are complete. */
    boolean isComplete();

    /** Tokens of all sequences so far. */
    int tokensWritten();

    /** Number of drafted tokens that were accepted. */
    int acceptedDrafts();

    /** For each of the group's slots: the ids of the tokens after the prompt whose keys and values it contains. */
    List<int[]> cachedIds();

    /**
     * For each of the group's slots: the ids of its sequence's tokens after the prompt if the sequence continues;
     * otherwise none. Call it only after the first token.
     */
    List<int[]> openIds();
}

package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.List;

/**
 * How a group's sequences are written once its prompt has been read. A step has three parts: {@link #nextTokens} and
 * {@link #draws} say what it computes and change nothing; {@link #advance} applies the result, and is only called if the
 * step has succeeded. Belongs to the device's thread.
 */
interface DecodingStrategy {

    /**
     * Sets the slots in which the sequences are written from now on: at the beginning, and after a suspension. They hold
     * what the strategy's last slots held, in the same order.
     */
    void use(int[] slots);

    /** Rows of the next step; their logits come in this order. */
    List<Step.Tokens> nextTokens();

    /**
     * What is to be drawn from the step's logits.
     *
     * @param firstRow of the logits that is this group's first
     * @param tokens   what the step computed; none if it ended the prompt, whose last row then has the only logits
     */
    List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens);

    /**
     * Applies a step.
     *
     * @param logits of the whole step
     * @param drawn  one for each of the {@link #draws}
     * @return what was written
     */
    List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn);

    /** True when all sequences are complete. */
    boolean isComplete();

    /** Tokens of all sequences so far. */
    int tokensWritten();

    /** Tokens that were guessed and found right. */
    int acceptedDrafts();

    /** Of each of the group's slots: the token ids whose keys and values it holds behind the prompt. */
    List<int[]> cachedIds();

    /**
     * Of each of the group's slots: the token ids that its sequence has behind the prompt, if it is to be written on, or
     * else none. Only after the first token.
     */
    List<int[]> openIds();
}

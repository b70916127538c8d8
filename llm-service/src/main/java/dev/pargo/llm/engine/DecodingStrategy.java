package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.Logits;
import java.util.List;
import java.util.SortedMap;

/**
 * How a group's sequences are written after its prompt has been read. A step has three parts: {@link #nextRows} and
 * {@link #draws} say what it computes and change nothing; {@link #advance} applies the result, and is only called if
 * the step has succeeded. The strategy writes the sequences into the group's tables, which it shares and moves as
 * sequences branch: at the beginning there is table 0 with the prompt, later a table for each sequence that continues.
 * Belongs to the device's thread.
 */
interface DecodingStrategy {

    /** Rows of the next step. Their logits have the same order. */
    List<SequenceRows> nextRows();

    /**
     * The draws from the step's logits.
     *
     * @param firstRow this group's first row of the logits
     * @param rows     rows that the step computed; none if it ended the prompt, because then only the prompt's last
     *                 row has logits
     */
    List<Sampler.Draw> draws(int firstRow, List<SequenceRows> rows);

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

    /** True when one sequence is complete, so that its table is not written any more. */
    boolean isComplete(int sequence);

    /** Tokens of all sequences so far. */
    int tokensWritten();

    /** Number of drafted tokens that were accepted. */
    int acceptedDrafts();

    /** The ids of a sequence's tokens whose keys and values its pages contain after the prompt. */
    int[] cachedIds(int sequence);

    /** The ids of the tokens of each sequence that continues, by its number. Call it only after the first token. */
    SortedMap<Integer, int[]> openIds();
}

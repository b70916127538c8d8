package dev.pargo.llm.engine;

import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.List;

/** How a generation writes its answers once its prompt has been read. Belongs to the device's thread. */
interface DecodingStrategy {

    /** Rows of the next step; their logits come in this order. */
    List<Step.Tokens> tokens();

    /**
     * Decides what comes next. The first call is for the prompt's last row alone.
     *
     * @param logits of the whole step
     * @param row    of them that is this generation's first
     * @param draws  takes what is sampled together with other generations; decided when it is run
     */
    void decide(Logits logits, int row, Sampler draws);

    /** True when all answers are complete. */
    boolean isComplete();

    /** Tokens of all answers so far. */
    int tokensWritten();

    /** Tokens that were guessed and found right. */
    int draftTokens();

    /** Keys of what each of the generation's slots holds behind the prompt. */
    List<long[]> written();
}

package dev.pargo.llm.engine;

import java.time.Duration;

/** Writes answers to prompts. Thread-safe. */
public interface Generator {

    /** Most tokens of prompt and answer together. */
    int contextTokens();

    /** Most answers, or beams, of one request. */
    int maxSequences();

    /** When a request that came now would be started, estimated from the time that recent answers took. */
    Duration estimatedWait();

    /**
     * Submits a request. Its prompt must leave room for a token in the context, and it must ask for no more than
     * {@link #maxSequences} sequences.
     *
     * @param listener is told of the answers, or of the generator's end if that comes first
     */
    Submission submit(GenerationRequest request, GenerationListener listener);

    /** A request that was submitted. Thread-safe. */
    interface Submission {

        /** The client does not want the answer any more. The listener is told nothing more, not even this. */
        void cancel();

        /** Nothing more is written of this request's answers until {@link #resume}. Others are written on. */
        void pause();

        /** Writes on after {@link #pause}. */
        void resume();
    }
}

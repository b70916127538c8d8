package dev.pargo.llm.engine;

import java.time.Duration;

/** Writes answers to prompts. Thread-safe. */
public interface Generator {

    /** Most tokens of prompt and answer together. */
    int contextTokens();

    /** Most answers, or beams, of one request. */
    int maxSequences();

    /** What requests may ask for. */
    Capabilities capabilities();

    /** Estimated time until a new request would start, from the durations of recent answers. */
    Duration estimatedWait();

    /**
     * Submits a request. Its prompt must leave room for a token in the context, and it must ask for no more than
     * {@link #maxSequences} sequences.
     *
     * @param listener is notified about the answers, or about the generator's end if that comes first
     */
    Submission submit(GenerationRequest request, GenerationListener listener);

    /** A request that was submitted. Thread-safe. */
    interface Submission {

        /** Cancels the request. The listener gets no more calls, not even for the cancellation. */
        void cancel();

        /** Pauses this request's answers until {@link #resume}. Other requests continue. */
        void pause();

        /** Continues after {@link #pause}. */
        void resume();
    }
}

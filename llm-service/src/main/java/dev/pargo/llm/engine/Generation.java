package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the engine. {@link #cancel} may be called by any thread; everything else belongs to
 * the device's.
 */
public final class Generation {

    private final GenerationRequest request;
    private final GenerationListener listener;
    private final long submitted;

    private volatile boolean cancelled;

    private int[] slots = {};
    private int cachedTokens;
    private int promptRead;
    private @Nullable PromptEmbedding prompt;
    private @Nullable Decoding decoding;
    private long joined;
    private long firstToken;
    private long networkNanos;

    Generation(GenerationRequest request, GenerationListener listener, long now) {
        this.request = request;
        this.listener = listener;
        this.submitted = now;
    }

    /** Nobody wants the answers any more: the engine drops the request before its next step and tells nobody. */
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isExpired(long now) {
        return now - request.deadline() > 0;
    }

    GenerationRequest request() {
        return request;
    }

    /**
     * Joins the running batch.
     *
     * @param slots        of the KV cache; the prompt goes to the first
     * @param cachedTokens positions of the prompt that it holds already
     */
    void join(int[] slots, int cachedTokens, Decoding decoding, long now) {
        this.slots = slots;
        this.cachedTokens = cachedTokens;
        this.promptRead = cachedTokens;
        this.decoding = decoding;
        this.joined = now;
    }

    int[] slots() {
        return slots;
    }

    long joined() {
        return joined;
    }

    long queueNanos() {
        return joined - submitted;
    }

    /** Takes the embedded prompt over, to close it when it has been read. */
    void read(PromptEmbedding prompt) {
        this.prompt = prompt;
    }

    boolean isReadingPrompt() {
        return promptRead < request.promptTokens();
    }

    /** The next rows of the prompt, at most {@code limit}. */
    Step.Chunk nextChunk(int limit) {
        int rows = Math.min(limit, request.promptTokens() - promptRead);
        Step.Chunk chunk = new Step.Chunk(slots[0], Objects.requireNonNull(prompt), promptRead, rows);
        promptRead += rows;
        return chunk;
    }

    /** Positions of the prompt that the first slot holds. */
    int promptRead() {
        return promptRead;
    }

    Decoding decoding() {
        return Objects.requireNonNull(decoding);
    }

    /** Counts a step; the first that gives a token ends the prompt. */
    void stepped(long stepNanos, long now) {
        networkNanos += stepNanos;
        if (firstToken == 0 && !isReadingPrompt()) {
            firstToken = now;
            leavePrompt();
        }
    }

    void onText(GenerationListener.Piece piece) {
        if (!cancelled) {
            listener.onText(piece);
        }
    }

    void finish(long now) {
        if (!cancelled) {
            listener.onFinished(new GenerationSummary(
                    decoding().tokensWritten(),
                    cachedTokens,
                    decoding().draftTokens(),
                    queueNanos(),
                    firstToken - joined,
                    now - firstToken,
                    networkNanos));
        }
    }

    void fail(RuntimeException failure) {
        if (!cancelled) {
            listener.onFailed(failure);
        }
    }

    /** Frees the embedded prompt. */
    void leavePrompt() {
        if (prompt != null) {
            prompt.close();
            prompt = null;
        }
    }
}

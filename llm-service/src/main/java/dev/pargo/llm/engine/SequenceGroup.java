package dev.pargo.llm.engine;

import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the engine. {@link #cancel} may be called by any thread; everything else belongs to
 * the device's.
 */
public final class SequenceGroup {

    private static final Logger log = LoggerFactory.getLogger(SequenceGroup.class);

    private final GenerationRequest request;
    private final GenerationListener listener;
    private final long submitted;

    private volatile boolean cancelled;

    private int[] slots = {};
    private int cachedTokens;
    private int promptRead;
    private @Nullable PromptEmbedding prompt;
    private @Nullable DecodingStrategy decoding;
    private @Nullable RuntimeException failure;
    private long joined;
    private long firstToken;
    private long networkNanos;

    SequenceGroup(GenerationRequest request, GenerationListener listener, long now) {
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
    void join(int[] slots, int cachedTokens, long now) {
        this.slots = slots;
        this.cachedTokens = cachedTokens;
        this.promptRead = cachedTokens;
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

    /** Takes the embedded prompt over, to close it when it has been read; then the answers are written. */
    void begin(PromptEmbedding prompt, DecodingStrategy decoding) {
        this.prompt = prompt;
        this.decoding = decoding;
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

    DecodingStrategy decoding() {
        return Objects.requireNonNull(decoding);
    }

    /** Decides what comes next; a failure is this generation's alone. */
    void decide(Logits logits, int row, Sampler draws) {
        try {
            decoding().decide(logits, row, draws);
        } catch (RuntimeException e) {
            broke(e);
        }
    }

    /** Its own answer could not be written on. */
    void broke(RuntimeException cause) {
        failure = cause;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** Keys of what each slot holds. */
    List<long[]> contents() {
        long[] read = Arrays.copyOf(request.keys(), promptRead);
        if (isReadingPrompt()) {
            List<long[]> contents = new ArrayList<>(Collections.nCopies(slots.length, new long[0]));
            contents.set(0, read);
            return contents;
        }
        return decoding().written().stream()
                .map(written -> LongStream.concat(LongStream.of(read), LongStream.of(written))
                        .toArray())
                .toList();
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
        tell(() -> listener.onText(piece));
    }

    void finish(long now) {
        tell(() -> listener.onFinished(new GenerationSummary(
                tokensWritten(),
                cachedTokens,
                decoding().draftTokens(),
                queueNanos(),
                firstToken - joined,
                now - firstToken,
                networkNanos)));
    }

    void fail(RuntimeException failure) {
        tell(() -> listener.onFailed(failure));
    }

    /** A listener that throws does not listen: its request counts as cancelled. */
    private void tell(Runnable message) {
        if (cancelled) {
            return;
        }
        try {
            message.run();
        } catch (RuntimeException e) {
            log.error("A listener failed", e);
            cancelled = true;
        }
    }

    /** Tokens of all answers so far. */
    int tokensWritten() {
        return decoding == null ? 0 : decoding.tokensWritten();
    }

    /** Frees the embedded prompt. */
    void leavePrompt() {
        if (prompt != null) {
            prompt.close();
            prompt = null;
        }
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the engine. {@link #cancel} may be called by any thread; everything else belongs to
 * the device's.
 */
public final class Generation {

    private final GenerationRequest request;
    private final GenerationListener listener;
    private final AnswerText text;
    private final SplittableRandom random;
    private final long submitted;

    private volatile boolean cancelled;

    private int slot;
    private @Nullable PromptEmbedding prompt;
    private int promptRead;
    private int tokens;
    private int lastToken;
    private long joined;
    private long firstToken;
    private long networkNanos;

    Generation(GenerationRequest request, GenerationListener listener, Detokenizer detokenizer, long now) {
        this.request = request;
        this.listener = listener;
        this.text = new AnswerText(detokenizer, request.stop());
        this.random = new SplittableRandom(request.seed());
        this.submitted = now;
    }

    /** Nobody wants the answer any more: the engine drops the request before its next step and tells nobody. */
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

    /** Joins the running batch. */
    void join(int slot, long now) {
        this.slot = slot;
        this.joined = now;
    }

    int slot() {
        return slot;
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
        return prompt != null;
    }

    /** The next rows of the prompt, at most {@code limit}. */
    Step.Chunk nextChunk(int limit) {
        PromptEmbedding reading = Objects.requireNonNull(prompt);
        int rows = Math.min(limit, reading.length() - promptRead);
        Step.Chunk chunk = new Step.Chunk(slot, reading, promptRead, rows);
        promptRead += rows;
        return chunk;
    }

    /** The last token of the answer, which the network reads to write the next. */
    Step.Token nextToken() {
        return new Step.Token(slot, request.promptTokens() + tokens - 1, lastToken);
    }

    double nextUniform() {
        return random.nextDouble();
    }

    void spent(long stepNanos) {
        networkNanos += stepNanos;
    }

    /**
     * Takes the next token of the answer.
     *
     * @param ends  whether the token ends an answer
     * @param limit most tokens that prompt and answer may have together
     * @return true if the answer is complete
     */
    boolean accept(int token, boolean ends, int limit, long now) {
        leavePrompt();
        if (tokens++ == 0) {
            firstToken = now;
        }
        lastToken = token;
        String certain = ends ? "" : text.append(token);
        boolean stopped = ends || text.stopped();
        boolean complete = stopped || tokens >= request.maxTokens() || request.promptTokens() + tokens >= limit;
        if (cancelled) {
            return complete;
        }
        listener.onText(complete ? certain + text.finish() : certain, token);
        if (complete) {
            listener.onFinished(stopped ? FinishReason.STOP : FinishReason.LENGTH, tokens, times(now));
        }
        return complete;
    }

    private GenerationTimes times(long now) {
        return new GenerationTimes(queueNanos(), firstToken - joined, now - firstToken, networkNanos);
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

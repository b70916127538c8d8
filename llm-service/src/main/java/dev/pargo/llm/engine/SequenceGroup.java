package dev.pargo.llm.engine;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.failure.FailureLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A submitted request: the group of sequences that are written for one prompt. It notifies the request's listener, but
 * not after the request was cancelled.
 *
 * <p>{@link #cancel}, {@link #pause} and {@link #resume} are thread-safe. Everything else belongs to the device's
 * thread.
 */
public final class SequenceGroup implements Generator.Submission {

    private static final Logger log = LoggerFactory.getLogger(SequenceGroup.class);

    private final GenerationRequest request;
    private final GenerationListener listener;
    private final long submitted;

    private final Runnable onResume;

    private volatile boolean cancelled;
    private volatile boolean paused;

    /**
     * @param now      {@link System#nanoTime}
     * @param onResume wakes the device's thread
     */
    SequenceGroup(GenerationRequest request, GenerationListener listener, long now, Runnable onResume) {
        this.onResume = onResume;
        this.request = request;
        this.listener = listener;
        this.submitted = now;
    }

    /** Cancels the request. The engine drops it before the next step. */
    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        onResume.run();
    }

    /** True while the request is paused. The group keeps its pages until another needs them. */
    boolean isPaused() {
        return paused;
    }

    /** True if the request was cancelled or is past its deadline. */
    boolean isAbandoned(long now) {
        return cancelled || now - request.deadline() > 0;
    }

    GenerationRequest request() {
        return request;
    }

    /** When the request was submitted, by {@link System#nanoTime}. */
    long submitted() {
        return submitted;
    }

    void reportStart() {
        tell(listener::onStarted);
    }

    void report(GenerationListener.Piece piece) {
        tell(() -> listener.onText(piece));
    }

    void finish(GenerationSummary summary) {
        tell(() -> listener.onFinished(summary));
    }

    void fail(RuntimeException failure) {
        tell(() -> listener.onFailed(failure));
    }

    /** If the listener throws, the request fails. */
    private void tell(Runnable message) {
        if (cancelled) {
            return;
        }
        try {
            message.run();
        } catch (RuntimeException e) {
            cancelled = true;
            note(e);
            try {
                listener.onFailed(
                        new StageError(ErrorReason.INTERNAL, "The answer could not be passed on.").toException());
            } catch (RuntimeException again) {
                note(again);
            }
        }
    }

    private void note(RuntimeException failure) {
        log.error(
                "Request {} cannot be told of its progress: {}",
                request.origin().id(),
                FailureLine.of(failure));
        log.debug("Where it failed", failure);
    }
}

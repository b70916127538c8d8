package dev.pargo.llm.engine;

import dev.pargo.models.llm.SampleLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is notified about a request, one call at a time: {@link #onStarted}, any number of {@link #onText}, then {@link
 * #onFinished}; or {@link #onFailed} at any point instead of the rest. There are no calls after a cancellation. The
 * calls are made by the device's thread, so they must not block.
 */
public interface GenerationListener {

    /**
     * A piece of an answer.
     *
     * @param choice   number of the answer that it belongs to
     * @param text     whole characters; may be empty
     * @param ids      tokens since the last piece of this answer
     * @param logprobs one for each of the ids if they were asked for, otherwise none
     * @param attention for each of the ids, if it was asked for: the weights of the prompt's visual tokens, or none for
     *                 a token beyond the limit of {@link VisualWeights}
     * @param reason   in the answer's last piece: why it is complete
     */
    record Piece(
            int choice,
            String text,
            int[] ids,
            List<SampleLogprobs> logprobs,
            List<float[]> attention,
            @Nullable StopReason reason) {}

    /** The request has joined the running batch. */
    void onStarted();

    /** An answer has new text. */
    void onText(Piece piece);

    /** All answers are complete. */
    void onFinished(GenerationSummary summary);

    /** @param failure a {@link io.grpc.StatusRuntimeException} for the client */
    void onFailed(RuntimeException failure);
}

package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.TextDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers that an LLM is writing: read {@link #next()} until it returns null, then {@link #finished()}. If the LLM is
 * lost before anything has been sent to the client, another LLM writes the answers again from the first piece. Closing
 * it before the end cancels the LLM's work. Confined to the request's thread.
 */
public final class Generation implements AutoCloseable {

    private final Journey journey;
    private final Delivery delivery;
    private LlmCall call;

    Generation(Journey journey, Delivery delivery) {
        this.journey = journey;
        this.delivery = delivery;
        this.call = journey.begin();
    }

    /** Counts of the prompt. */
    public GenerationQueued queued() {
        return call.queued();
    }

    /** The request's pictures as the encoder and projector have seen them, in their order. */
    public List<SeenPicture> pictures() {
        return journey.pictures();
    }

    /** Where the time went so far. */
    public Timings timings() {
        return call.timings();
    }

    /** Whether something has arrived from the LLM that {@link #next()} has not read. */
    public boolean hasNext() {
        return call.hasNext();
    }

    /**
     * Waits for the next piece of an answer.
     *
     * @return a piece of one of the requested choices; null when all are complete
     */
    public @Nullable TextDelta next() {
        while (true) {
            try {
                return call.next();
            } catch (StageException failure) {
                call.close();
                if (delivery.hasBegun()) {
                    throw failure.toClient(journey.param());
                }
                journey.retry(failure);
                delivery.discard();
                call = journey.begin();
            }
        }
    }

    /** How the answers ended; to be called after {@link #next()} has given null. */
    public GenerationFinished finished() {
        @Nullable GenerationFinished finished = call.finished();
        if (finished == null) {
            throw GatewayException.failed("The LLM failed", new IllegalStateException("the answer is not complete"));
        }
        return finished;
    }

    @Override
    public void close() {
        call.close();
        journey.close();
    }
}

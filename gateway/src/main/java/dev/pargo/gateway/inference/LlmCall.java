package dev.pargo.gateway.inference;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TextDelta;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call to an LLM, from the prompt to the last token. It checks that the LLM keeps to the contract. Confined to the
 * request's thread.
 */
final class LlmCall implements AutoCloseable {

    private final StageCall<GenerateRequest, GenerateResponse> call;
    private final Timings timings;
    private final GenerationQueued queued;
    private final int choices;
    private @Nullable GenerationFinished finished;

    private LlmCall(
            StageCall<GenerateRequest, GenerateResponse> call, Timings timings, GenerationQueued queued, int choices) {
        this.call = call;
        this.timings = timings;
        this.queued = queued;
        this.choices = choices;
    }

    /**
     * Sends the prompt and waits until the LLM has accepted it.
     *
     * @param call        a new call; closed if this fails, owned by the result if not
     * @param fingerprint the weights that the LLM has described
     */
    static LlmCall start(
            StageCall<GenerateRequest, GenerateResponse> call,
            GenerateStart start,
            List<VisualTokens> visuals,
            String fingerprint,
            Timings timings)
            throws StageException {
        boolean running = false;
        try {
            call.send(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
            for (VisualTokens visual : visuals) {
                send(visual, call);
            }
            call.complete();
            @Nullable GenerateResponse first = receive(call);
            if (first == null || !first.hasQueued()) {
                throw call.broken("the answer does not begin with queued");
            }
            call.checkProducer(fingerprint, first.getQueued().getProducer());
            call.recordAcceptance();
            running = true;
            return new LlmCall(call, timings, first.getQueued(), start.getChoices());
        } finally {
            if (!running) {
                call.close();
            }
        }
    }

    /** Token counts of the prompt. */
    GenerationQueued queued() {
        return queued;
    }

    Timings timings() {
        return timings;
    }

    /** Whether something has arrived from the LLM that {@link #next()} has not read. */
    boolean hasNext() {
        return call.hasNext();
    }

    /** The next piece of one of the choices; null when all are complete. */
    @Nullable
    TextDelta next() throws StageException {
        @Nullable GenerateResponse event = receive(call);
        if (event != null && event.hasStarted()) {
            event = receive(call);
        }
        if (event != null && event.hasDelta()) {
            TextDelta delta = event.getDelta();
            if (delta.getChoice() < 0 || delta.getChoice() >= choices) {
                throw call.broken("a piece of choice " + delta.getChoice());
            }
            return delta;
        }
        if (event == null || !event.hasFinished() || call.receive() != null) {
            throw call.broken("the answer does not end with finished");
        }
        finished = event.getFinished();
        timings.recordGeneration(finished.getReport());
        return null;
    }

    /** How the answers ended; null before that. */
    @Nullable
    GenerationFinished finished() {
        return finished;
    }

    /** Cancels the LLM's work, unless it is finished. */
    @Override
    public void close() {
        call.close();
    }

    private static void send(VisualTokens visual, StageCall<GenerateRequest, ?> call) throws StageException {
        for (TensorChunk chunk : visual.chunks()) {
            call.send(GenerateRequest.newBuilder().setVisual(chunk).build());
        }
    }

    private static @Nullable GenerateResponse receive(StageCall<?, GenerateResponse> call) throws StageException {
        @Nullable GenerateResponse event = call.receive();
        if (event != null) {
            try {
                Checksums.check(event);
            } catch (StatusRuntimeException damaged) {
                throw call.failure(damaged);
            }
        }
        return event;
    }
}

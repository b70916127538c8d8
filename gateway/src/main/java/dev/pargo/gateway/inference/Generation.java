package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
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
 * Answers that the LLM is writing: read {@link #next()} until it gives null, then {@link #finished()}. Closing it before
 * that cancels the LLM's work. Confined to the request's thread.
 */
public final class Generation implements AutoCloseable {

    private final StageCall<GenerateRequest, GenerateResponse> call;
    private final Timings timings;
    private final GenerationQueued queued;
    private final int choices;
    private @Nullable GenerationFinished finished;

    private Generation(
            StageCall<GenerateRequest, GenerateResponse> call, Timings timings, GenerationQueued queued, int choices) {
        this.call = call;
        this.timings = timings;
        this.queued = queued;
        this.choices = choices;
    }

    /**
     * Sends the prompt and waits until the LLM has taken it on.
     *
     * @param call        a new call; closed if this fails, owned by the generation if not
     * @param fingerprint the weights that the LLM has described
     */
    static Generation start(
            StageCall<GenerateRequest, GenerateResponse> call,
            GenerateStart start,
            List<VisualTokens> visuals,
            String fingerprint,
            Timings timings)
            throws StageException, StaleDescriptionException {
        boolean running = false;
        try {
            call.send(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
            for (VisualTokens visual : visuals) {
                send(visual, call);
            }
            call.complete();
            @Nullable GenerateResponse first = receive(call);
            if (first == null || !first.hasQueued()) {
                throw new StageException(StageKind.LLM, "the answer does not begin with queued");
            }
            StaleDescriptionException.check(
                    StageKind.LLM, fingerprint, first.getQueued().getProducer());
            running = true;
            return new Generation(call, timings, first.getQueued(), start.getChoices());
        } finally {
            if (!running) {
                call.close();
            }
        }
    }

    /** Counts of the prompt. */
    public GenerationQueued queued() {
        return queued;
    }

    /** Where the time went so far. */
    public Timings timings() {
        return timings;
    }

    /**
     * Waits for the next piece of an answer.
     *
     * @return of one of the choices that were asked for; null when all are complete
     */
    public @Nullable TextDelta next() {
        try {
            @Nullable GenerateResponse event = receive(call);
            if (event != null && event.hasStarted()) {
                event = receive(call);
            }
            if (event != null && event.hasDelta()) {
                TextDelta delta = event.getDelta();
                if (delta.getChoice() < 0 || delta.getChoice() >= choices) {
                    throw new StageException(StageKind.LLM, "a piece of choice " + delta.getChoice());
                }
                return delta;
            }
            if (event == null || !event.hasFinished() || call.receive() != null) {
                throw new StageException(StageKind.LLM, "the answer does not end with finished");
            }
            finished = event.getFinished();
            timings.generated(finished.getReport().getNetworkMicros());
            return null;
        } catch (StageException failure) {
            throw failure.toClient("messages");
        }
    }

    /** How the answers ended; to be called after {@link #next()} has given null. */
    public GenerationFinished finished() {
        if (finished == null) {
            throw GatewayException.failed("The LLM failed", new IllegalStateException("the answer is not complete"));
        }
        return finished;
    }

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
                throw new StageException(StageKind.LLM, damaged);
            }
        }
        return event;
    }
}

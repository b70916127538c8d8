package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TextDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers that the LLM is writing: read {@link #next()} until it gives null, then {@link #finished()}. Closing it before
 * that cancels the LLM's work. Confined to the request's thread.
 */
public final class Generation implements AutoCloseable {

    private final StageCall<GenerateRequest, GenerateResponse> call;
    private final Timings timings;
    private final GenerationStarted started;
    private final int choices;
    private @Nullable GenerationFinished finished;

    private Generation(
            StageCall<GenerateRequest, GenerateResponse> call,
            Timings timings,
            GenerationStarted started,
            int choices) {
        this.call = call;
        this.timings = timings;
        this.started = started;
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
            call.send(GenerateRequest.newBuilder().setStart(start).build());
            for (VisualTokens visual : visuals) {
                send(visual, call);
            }
            call.complete();
            @Nullable GenerateResponse first = call.receive();
            if (first == null || !first.hasStarted()) {
                throw new StageException(StageKind.LLM, "the answer does not begin with started");
            }
            StaleDescriptionException.check(
                    StageKind.LLM, fingerprint, first.getStarted().getProducer());
            running = true;
            return new Generation(call, timings, first.getStarted(), start.getChoices());
        } finally {
            if (!running) {
                call.close();
            }
        }
    }

    /** Counts of the prompt. */
    public GenerationStarted started() {
        return started;
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
            @Nullable GenerateResponse event = call.receive();
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
        send(TensorChunk.newBuilder().setHeader(visual.header()), call);
        for (var bytes : visual.data()) {
            send(TensorChunk.newBuilder().setData(bytes), call);
        }
    }

    private static void send(TensorChunk.Builder chunk, StageCall<GenerateRequest, ?> call) throws StageException {
        call.send(GenerateRequest.newBuilder().setVisual(chunk).build());
    }
}

package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;

/**
 * How answers reach the client: at once or as they are written. Choices are numbered over all prompts: first those of the
 * first prompt. Confined to the request's thread.
 */
public interface Answer {

    /**
     * The LLM has taken the first prompt on.
     *
     * @param generation the answers to it, which are being written
     */
    void begin(Generation generation) throws IOException;

    /** The next piece of one of the choices. */
    void add(int choice, TextDelta delta) throws IOException;

    /** All choices are complete. */
    void end(Usage usage, TimingsMillis timings) throws IOException;

    /** Whether a piece of one of these choices has left for the client. If not, another LLM may write them anew. */
    boolean hasBegun(int firstChoice, int choices);

    /** Forgets what has been collected of choices that have not begun to leave. */
    void discard(int firstChoice, int choices);

    /** Says that an answer of which a part has left for the client has failed. The connection is closed behind it. */
    default void fail(GatewayException failure) throws IOException {}
}

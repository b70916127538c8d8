package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;

/**
 * Sends answers to the client: as a whole, or as they are written. Choices are numbered over all prompts: first those
 * of the first prompt. Confined to the request's thread.
 */
public interface Answer {

    /**
     * Called when the LLM has accepted the first prompt.
     *
     * @param generation the answers to it, which are being written
     */
    void begin(Generation generation) throws IOException;

    /** The next piece of one of the choices. */
    void add(int choice, TextDelta delta) throws IOException;

    /** All choices are complete. */
    void end(Usage usage, TimingsMillis timings) throws IOException;

    /**
     * Whether a piece of one of these choices has been sent to the client. If not, another LLM may write them again.
     */
    boolean hasBegun(int firstChoice, int choices);

    /** Drops the collected text of choices of which nothing has been sent. */
    void discard(int firstChoice, int choices);

    /** Reports the failure of an answer of which a part has been sent. The connection is closed after that. */
    default void fail(GatewayException failure) throws IOException {}
}

package dev.pargo.gateway.chat;

import dev.pargo.gateway.inference.Delivery;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;

/** How answers reach the client: at once or as they are written. Confined to the request's thread. */
interface Answer extends Delivery {

    /** The LLM has taken the prompt on: the answers that it writes will be added piece by piece. */
    void begin(Generation generation) throws IOException;

    /** The next piece of one of the choices. */
    void add(TextDelta delta) throws IOException;

    /** All choices are complete. */
    void end(Generation generation, Stopwatch watch) throws IOException;

    /** Writes something that clients skip, if the answer has begun: the client may have left. */
    default void probe() throws IOException {}

    /** Called now and then while the request waits. */
    default void idle() throws IOException {}
}

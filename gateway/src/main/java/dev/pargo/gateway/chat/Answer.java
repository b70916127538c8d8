package dev.pargo.gateway.chat;

import dev.pargo.gateway.inference.Generation;
import java.io.IOException;

/** How an answer reaches the client: at once or as it is written. Confined to the request's thread. */
interface Answer {

    /** The LLM has taken the prompt on. */
    void begin() throws IOException;

    /** The next piece of the answer. */
    void add(String text) throws IOException;

    /** The answer is complete. */
    void end(Generation generation, Stopwatch watch) throws IOException;

    /** Called now and then while the request waits. */
    default void idle() throws IOException {}
}

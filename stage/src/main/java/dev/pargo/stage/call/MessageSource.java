package dev.pargo.stage.call;

import org.jspecify.annotations.Nullable;

/**
 * The messages of an answer, made when they can be sent. Calls are serial, but from changing threads, and must not block.
 */
public interface MessageSource<T> {

    /** The next message; null if there is none yet, or no more. */
    @Nullable
    T poll();

    /** True when there will be no more messages. */
    boolean isExhausted();
}

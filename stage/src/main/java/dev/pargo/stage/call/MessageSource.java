package dev.pargo.stage.call;

import org.jspecify.annotations.Nullable;

/**
 * Creates the messages of an answer when they can be sent. Called by one thread at a time, but not always the same;
 * must not block.
 */
public interface MessageSource<T> {

    /** Returns the next message; null if there is none now. */
    @Nullable
    T poll();

    /** True if there will be no more messages. */
    boolean isExhausted();
}

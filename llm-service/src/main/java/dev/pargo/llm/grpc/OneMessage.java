package dev.pargo.llm.grpc;

import dev.pargo.stage.call.MessageSource;
import org.jspecify.annotations.Nullable;

/** A response of one message. */
final class OneMessage<T> implements MessageSource<T> {

    private @Nullable T message;

    OneMessage(T message) {
        this.message = message;
    }

    @Override
    public @Nullable T poll() {
        @Nullable T next = message;
        message = null;
        return next;
    }

    @Override
    public boolean isExhausted() {
        return message == null;
    }
}

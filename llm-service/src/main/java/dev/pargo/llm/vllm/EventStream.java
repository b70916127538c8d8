package dev.pargo.llm.vllm;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server-sent events of an answer as they arrive. While it is paused, no more is read, so that the
 * connection's flow control stops the server. Its listener is called by one thread at a time.
 */
final class EventStream implements BodySubscriber<Void> {

    /** Events of an answer are far shorter, even with 20 log probabilities for each of some tokens. */
    private static final int MOST_LINE_BYTES = 1 << 20;

    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";

    /** Is told of events, and then once of the end. */
    interface Listener {

        /** @throws VllmException ends the stream with a failure */
        void onEvent(String data) throws VllmException;

        /** The stream has ended as it should. */
        void onDone();

        /** The connection is lost, or the stream is not one of events. */
        void onLost(String why);
    }

    private final Listener listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private volatile boolean over;
    private Flow.@Nullable Subscription subscription;
    private boolean paused;
    private boolean owed;

    EventStream(Listener listener) {
        this.listener = listener;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        synchronized (this) {
            subscription = given;
        }
        demand();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        try {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining() && !over) {
                    take(buffer.get());
                }
            }
        } catch (VllmException malformed) {
            end(() -> listener.onLost(String.valueOf(malformed.getMessage())));
        }
        if (over) {
            cancel();
        } else {
            demand();
        }
    }

    private void take(byte octet) throws VllmException {
        if (octet != '\n') {
            if (line.size() == MOST_LINE_BYTES) {
                throw new VllmException("an event is longer than %d bytes".formatted(MOST_LINE_BYTES));
            }
            line.write(octet);
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (!text.startsWith(DATA)) {
            return;
        }
        String data = text.substring(DATA.length()).strip();
        if (data.equals(DONE)) {
            end(listener::onDone);
        } else {
            listener.onEvent(data);
        }
    }

    @Override
    public void onError(Throwable lost) {
        String why = lost.getMessage() == null ? lost.getClass().getSimpleName() : lost.getMessage();
        end(() -> listener.onLost(why));
        body.complete(null);
    }

    @Override
    public void onComplete() {
        end(() -> listener.onLost("an answer ended in the middle"));
        body.complete(null);
    }

    private void end(Runnable last) {
        if (!over) {
            over = true;
            last.run();
        }
    }

    /** Closes the connection. The listener gets no more calls, except for one that has begun. */
    void cancel() {
        over = true;
        Flow.Subscription current;
        synchronized (this) {
            current = subscription;
        }
        if (current != null) {
            current.cancel();
        }
        body.complete(null);
    }

    synchronized void pause() {
        paused = true;
    }

    /** May call the listener before it returns. */
    void resume() {
        boolean ask;
        synchronized (this) {
            paused = false;
            ask = owed;
            owed = false;
        }
        if (ask) {
            demand();
        }
    }

    private void demand() {
        Flow.Subscription current;
        synchronized (this) {
            owed = paused;
            current = paused ? null : subscription;
        }
        if (current != null) {
            current.request(1);
        }
    }
}

package dev.pargo.evaluation.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Asks again when the endpoint has no room, after the time that it wants, up to a number of times. Thread-safe. */
public final class PatientChat {

    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(1);

    private final ChatClient client;
    private final int attempts;

    /**
     * @param attempts how often a question is asked at most
     */
    public PatientChat(ChatClient client, int attempts) {
        this.client = client;
        this.attempts = attempts;
    }

    /**
     * Asks for a whole answer.
     *
     * @throws ChatException if the endpoint refuses for good, or for the last time
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public ChatAnswer complete(ChatQuestion question) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return client.complete(question);
            } catch (ChatException refusal) {
                if (!refusal.isTemporary() || attempt == attempts) {
                    throw refusal;
                }
                pause(Objects.requireNonNullElse(refusal.retryAfter(), DEFAULT_PAUSE));
            }
        }
    }

    private static void pause(Duration time) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}

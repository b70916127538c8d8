package dev.pargo.evaluation.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Retries a limited number of times when the endpoint is overloaded, after the time that the endpoint says.
 * Thread-safe.
 */
public final class PatientChat {

    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(1);

    private final ChatClient client;
    private final int attempts;

    /**
     * @param attempts most attempts for each question
     */
    public PatientChat(ChatClient client, int attempts) {
        this.client = client;
        this.attempts = attempts;
    }

    /**
     * Asks for a whole answer.
     *
     * @throws ChatException if the endpoint refuses and a retry would not help, or at the last attempt
     * @throws IOException   if it cannot be reached or does not answer in time
     */
    public ChatAnswer complete(ChatRequest question) throws IOException {
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

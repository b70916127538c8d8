package dev.pargo.evaluation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a streamed answer to the end of its connection, even after {@code [DONE]} or an error, and counts its terminal
 * events.
 */
final class EventReader {

    private static final String DATA = "data: ";
    private static final String DONE = "[DONE]";
    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(task -> Daemon.thread("patience", task));

    private final StringBuilder text = new StringBuilder();
    private String error = "";
    private String broken = "";
    private int errors;
    private int ends;
    private boolean finished;
    private boolean left;

    private EventReader() {}

    /**
     * Reads until the stream ends or the client cancels.
     *
     * @param patience time until the client cancels
     */
    static EventReader read(InputStream body, Duration patience) {
        EventReader events = new EventReader();
        Future<?> leave = CLOCK.schedule(() -> events.leave(body), patience.toNanos(), TimeUnit.NANOSECONDS);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DATA)) {
                    events.event(line.substring(DATA.length()));
                }
            }
        } catch (IOException | JacksonException e) {
            events.breakOff("the stream broke: " + e);
        } finally {
            leave.cancel(false);
        }
        return events;
    }

    /** The text so far. */
    String text() {
        return text.toString();
    }

    /** Whether the client cancelled before the end. */
    synchronized boolean wasLeft() {
        return left && ends + errors == 0;
    }

    /** How the stream ended. */
    Verdict verdict() {
        if (ends == 1 && errors == 0 && finished && broken.isEmpty()) {
            return Verdict.answer(text());
        }
        if (ends == 0 && errors == 1 && broken.isEmpty()) {
            return new Verdict(ClientOutcome.BROKEN_OFF, text(), "error event: " + error);
        }
        return Verdict.failed("a stream with %d ends, %d error events%s %s"
                .formatted(ends, errors, finished ? "" : ", no finish reason", broken));
    }

    /** A connection may break when the client has closed it itself, or has been told of an error before. */
    private synchronized void breakOff(String reason) {
        if (!left && errors == 0) {
            broken = reason;
        }
    }

    private synchronized void leave(InputStream body) {
        left = true;
        try {
            body.close();
        } catch (IOException closedAlready) {
            // The connection is closed either way.
        }
    }

    private void event(String data) {
        if (data.equals(DONE)) {
            ends++;
            return;
        }
        JsonNode event = JsonMapper.shared().readTree(data);
        if (event.has("error")) {
            errors++;
            error = event.at("/error/message").asString("");
            return;
        }
        JsonNode choice = event.at("/choices/0");
        if (ends + errors > 0) {
            broken = "text after the end: " + data;
        }
        text.append(choice.at("/delta/content").asString(""));
        finished |= choice.path("finish_reason").isString();
    }
}

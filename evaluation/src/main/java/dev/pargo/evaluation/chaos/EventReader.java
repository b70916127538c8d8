package dev.pargo.evaluation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a streamed answer to the end of its connection, even after {@code [DONE]} or an error, and counts its terminal
 * events. It takes the bytes as they arrive, because the JDK's client drops those that wait to be read when a connection
 * breaks. Thread-safe.
 */
final class EventReader implements Consumer<Optional<byte[]>> {

    private static final String DATA = "data: ";
    private static final String DONE = "[DONE]";

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private String error = "";
    private String broken = "";
    private int errors;
    private int ends;
    private boolean finished;

    /** @param bytes the next of the stream; empty at its end */
    @Override
    public synchronized void accept(Optional<byte[]> bytes) {
        for (byte next : bytes.orElse(new byte[] {'\n'})) {
            if (next == '\n') {
                line(line.toString(UTF_8));
                line.reset();
            } else {
                line.write(next);
            }
        }
    }

    /** The text so far. */
    synchronized String text() {
        return text.toString();
    }

    /** Whether an event has ended the answer. */
    synchronized boolean hasEnded() {
        return ends + errors > 0;
    }

    /** A connection may break when the client has been told of an error before. */
    synchronized void breakOff(Throwable reason) {
        if (errors == 0) {
            broken = "the stream broke: " + reason;
        }
    }

    /** How the stream ended. */
    synchronized Verdict verdict() {
        if (ends == 1 && errors == 0 && finished && broken.isEmpty()) {
            return Verdict.answer(text());
        }
        if (ends == 0 && errors == 1 && broken.isEmpty()) {
            return new Verdict(ClientOutcome.BROKEN_OFF, text(), "error event: " + error);
        }
        return Verdict.failed("a stream with %d ends, %d error events%s %s"
                .formatted(ends, errors, finished ? "" : ", no finish reason", broken));
    }

    private void line(String line) {
        if (line.startsWith(DATA)) {
            try {
                event(line.substring(DATA.length()));
            } catch (JacksonException e) {
                broken = "not JSON: " + e.getOriginalMessage();
            }
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

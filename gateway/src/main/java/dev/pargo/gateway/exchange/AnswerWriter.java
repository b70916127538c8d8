package dev.pargo.gateway.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Writes one answer: as one JSON object, or as server-sent events. Confined to its request's thread. */
public final class AnswerWriter {

    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] LINE_END = "\n".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": still working\n\n".getBytes(US_ASCII);

    private final HttpServletResponse response;
    private final long heartbeatNanos;
    private long lastWrite;
    private boolean unsent;

    /** @param heartbeat time between two comments on a silent stream */
    AnswerWriter(HttpServletResponse response, Duration heartbeat) {
        this.response = response;
        this.heartbeatNanos = heartbeat.toNanos();
    }

    /** Writes the whole answer. */
    public void whole(byte[] json) throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
        response.flushBuffer();
    }

    /** Begins a stream. Nothing is sent before the first event. */
    public void beginStream() {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Asks reverse proxies not to buffer events.
        response.setHeader("X-Accel-Buffering", "no");
    }

    /**
     * Writes an event. It is sent with the next {@link #flush()}, or earlier.
     *
     * @param data one line
     */
    public void event(byte[] data) throws IOException {
        write(DATA, data, END);
    }

    /**
     * Writes an event of a type, like {@link #event(byte[])}.
     *
     * @param data one line
     */
    public void event(String name, byte[] data) throws IOException {
        write(EVENT, name.getBytes(US_ASCII), LINE_END, DATA, data, END);
    }

    /** Sends the events that have been written. */
    void flush() throws IOException {
        if (unsent) {
            response.getOutputStream().flush();
            unsent = false;
            lastWrite = System.nanoTime();
        }
    }

    /** Sends a comment if a stream has begun, to find out whether the client has left. */
    void probe() throws IOException {
        if (response.isCommitted()) {
            write(COMMENT);
            flush();
        }
    }

    /** Call it from time to time while the request waits. */
    void idle() throws IOException {
        if (System.nanoTime() - lastWrite > heartbeatNanos) {
            probe();
        }
    }

    private void write(byte[]... pieces) throws IOException {
        OutputStream out = response.getOutputStream();
        for (byte[] piece : pieces) {
            out.write(piece);
        }
        unsent = true;
    }
}

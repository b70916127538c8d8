package dev.pargo.gateway.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/** Writes one answer: as one JSON object, or as server-sent events. Confined to its request's thread. */
public final class AnswerWriter {

    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] LINE_END = "\n".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": still working\n\n".getBytes(US_ASCII);

    /** Shorter answers are sent with their length. */
    private static final int PIECE_BYTES = 64 * 1024;

    private final HttpServletResponse response;
    private final AnswerMemory.Share memory;
    private final long heartbeatNanos;
    private long lastWrite;
    private boolean unsent;

    /**
     * @param memory    memory of the answer until it is written, if it is written as a whole
     * @param heartbeat time between two comments on a silent stream
     */
    AnswerWriter(HttpServletResponse response, AnswerMemory.Share memory, Duration heartbeat) {
        this.response = response;
        this.memory = memory;
        this.heartbeatNanos = heartbeat.toNanos();
    }

    /** Memory of an answer that is collected and then written as a whole. */
    AnswerMemory.Share memory() {
        return memory;
    }

    /** Writes the whole answer as JSON. */
    void whole(Object answer) throws IOException {
        whole(answer, response);
    }

    /** Writes a whole answer as JSON, in pieces if it is large, so that its text does not need memory. */
    static void whole(Object answer, HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setBufferSize(PIECE_BYTES);
        try {
            JsonMapper.shared().writeValue(response.getOutputStream(), answer);
        } catch (JacksonIOException gone) {
            throw gone.getCause();
        }
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

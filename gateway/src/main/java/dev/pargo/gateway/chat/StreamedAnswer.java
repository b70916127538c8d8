package dev.pargo.gateway.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.inference.Generation;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer as server-sent events, each flushed at once. Until the LLM has taken the prompt on nothing is sent, so that
 * whatever goes wrong before has an HTTP status of its own; later a failure is an event.
 */
final class StreamedAnswer implements Answer {

    private static final String CHUNK = "chat.completion.chunk";
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": still working\n\n".getBytes(US_ASCII);

    private final ResponseHead head;
    private final boolean includeUsage;
    private final long heartbeatNanos;
    private final HttpServletResponse response;
    private long lastWrite;

    StreamedAnswer(ResponseHead head, boolean includeUsage, Duration heartbeat, HttpServletResponse response) {
        this.head = head;
        this.includeUsage = includeUsage;
        this.heartbeatNanos = heartbeat.toNanos();
        this.response = response;
    }

    @Override
    public void begin() throws IOException {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Asks reverse proxies not to collect events before they pass them on.
        response.setHeader("X-Accel-Buffering", "no");
        chunk(ChatResponse.Choice.piece("assistant", ""));
    }

    @Override
    public void add(String text) throws IOException {
        if (!text.isEmpty()) {
            chunk(ChatResponse.Choice.piece(null, text));
        }
    }

    @Override
    public void end(Generation generation, Stopwatch watch) throws IOException {
        chunk(ChatResponse.Choice.end(ChatResponse.finishReason(generation.reason())));
        if (includeUsage) {
            event(head.json(
                    CHUNK,
                    List.of(),
                    ChatResponse.Usage.of(generation),
                    ChatResponse.TimingsMillis.of(generation.timings(), watch)));
        }
        event(DONE);
    }

    @Override
    public void idle() throws IOException {
        if (response.isCommitted() && System.nanoTime() - lastWrite > heartbeatNanos) {
            write(COMMENT);
        }
    }

    /** Ends a stream that has begun with an error. */
    static void fail(GatewayException failure, HttpServletResponse response) throws IOException {
        OutputStream out = response.getOutputStream();
        out.write(DATA);
        out.write(JsonMapper.shared().writeValueAsBytes(ErrorBody.of(failure)));
        out.write(END);
        out.flush();
    }

    private void chunk(ChatResponse.Choice choice) throws IOException {
        event(head.json(CHUNK, List.of(choice), null, null));
    }

    private void event(byte[] data) throws IOException {
        write(DATA, data, END);
    }

    private void write(byte[]... pieces) throws IOException {
        OutputStream out = response.getOutputStream();
        for (byte[] piece : pieces) {
            out.write(piece);
        }
        out.flush();
        lastWrite = System.nanoTime();
    }
}

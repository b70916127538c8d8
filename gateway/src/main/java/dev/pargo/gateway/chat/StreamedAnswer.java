package dev.pargo.gateway.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.http.ClientConnection;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.TextDelta;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers as server-sent events, each flushed at once. Until the LLM has taken the prompt on nothing is sent, so that
 * whatever goes wrong before has an HTTP status of its own; later a failure is an event.
 */
final class StreamedAnswer implements Answer {

    private static final String CHUNK = "chat.completion.chunk";
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": still working\n\n".getBytes(US_ASCII);

    private final ResponseHead head;
    private final GenerateStart decoding;
    private final boolean includeUsage;
    private final long heartbeatNanos;
    private final HttpServletResponse response;
    private long lastWrite;
    private @Nullable Generation generation;
    private boolean begun;

    /** @param decoding what the LLM was asked for */
    StreamedAnswer(
            ResponseHead head,
            GenerateStart decoding,
            boolean includeUsage,
            Duration heartbeat,
            HttpServletResponse response) {
        this.head = head;
        this.decoding = decoding;
        this.includeUsage = includeUsage;
        this.heartbeatNanos = heartbeat.toNanos();
        this.response = response;
    }

    @Override
    public void begin(Generation generation) throws IOException {
        this.generation = generation;
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Asks reverse proxies not to collect events before they pass them on.
        response.setHeader("X-Accel-Buffering", "no");
        for (int index = 0; index < decoding.getChoices(); index++) {
            chunk(ChatResponse.Choice.begin(index));
        }
    }

    /** That an answer begins may be said before an LLM has written anything of it. */
    @Override
    public boolean hasBegun() {
        return begun;
    }

    @Override
    public void discard() {}

    @Override
    public void add(TextDelta delta) throws IOException {
        begun = true;
        int index = delta.getChoice();
        @Nullable
        ChoiceLogprobs logprobs = delta.getLogprobsCount() > 0 ? ChoiceLogprobs.of(delta.getLogprobsList()) : null;
        @Nullable ChoiceAttention attention = ChoiceAttention.piece(delta.getAttentionList());
        if (logprobs != null || attention != null || !delta.getText().isEmpty()) {
            chunk(ChatResponse.Choice.piece(index, delta.getText(), logprobs, attention));
        }
        if (delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
            chunk(ChatResponse.Choice.end(index, pictures(), ChatResponse.finishReason(delta.getFinishReason())));
        }
    }

    private @Nullable ChoiceAttention pictures() {
        return decoding.getVisualAttention() && generation != null ? ChoiceAttention.end(generation.pictures()) : null;
    }

    @Override
    public void end(Generation generation, Stopwatch watch) throws IOException {
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

    @Override
    public void probe() throws IOException {
        if (response.isCommitted()) {
            write(COMMENT);
        }
    }

    /**
     * Ends a stream that has begun: an event tells the error, and the connection is closed without HTTP's last chunk, so
     * that clients which do not know such events see that the stream is not complete.
     */
    static void fail(GatewayException failure, ClientConnection client, HttpServletResponse response)
            throws IOException {
        OutputStream out = response.getOutputStream();
        out.write(DATA);
        out.write(JsonMapper.shared().writeValueAsBytes(ErrorBody.of(failure)));
        out.write(END);
        out.flush();
        client.close();
    }

    private void chunk(ChatResponse.Choice choice) throws IOException {
        event(
                includeUsage
                        ? head.chunkBeforeUsage(CHUNK, List.of(choice))
                        : head.json(CHUNK, List.of(choice), null, null));
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

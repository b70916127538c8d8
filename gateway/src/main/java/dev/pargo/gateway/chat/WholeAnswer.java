package dev.pargo.gateway.chat;

import dev.pargo.gateway.inference.Generation;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.MediaType;

/** An answer in one JSON object. */
final class WholeAnswer implements Answer {

    private final ResponseHead head;
    private final HttpServletResponse response;
    private final StringBuilder text = new StringBuilder();

    WholeAnswer(ResponseHead head, HttpServletResponse response) {
        this.head = head;
        this.response = response;
    }

    @Override
    public void begin() {}

    @Override
    public void add(String next) {
        text.append(next);
    }

    @Override
    public void end(Generation generation, Stopwatch watch) throws IOException {
        byte[] json = head.json(
                "chat.completion",
                List.of(ChatResponse.Choice.whole(text.toString(), ChatResponse.finishReason(generation.reason()))),
                ChatResponse.Usage.of(generation),
                ChatResponse.TimingsMillis.of(generation.timings(), watch));
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
        response.flushBuffer();
    }
}

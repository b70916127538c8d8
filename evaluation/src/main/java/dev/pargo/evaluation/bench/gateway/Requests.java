package dev.pargo.evaluation.bench.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pargo.evaluation.client.DataUrl;
import dev.pargo.evaluation.example.Example;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import tools.jackson.databind.json.JsonMapper;

/** The requests of the measurement, as HTTP/1.1 writes them. */
final class Requests {

    private static final String NAME = "picture";

    private Requests() {}

    /** A question without a picture. */
    static LongFunction<byte[]> text() {
        return always(chat("What is the capital of France?", 1, false));
    }

    /** The answer of so many tokens comes as a stream. */
    static LongFunction<byte[]> stream(int tokens) {
        return always(chat("Tell me a story.", tokens, true));
    }

    /** The same picture in every request, which has all its bytes. */
    static LongFunction<byte[]> inline(Example example) {
        return always(chat(content(Map.of("url", url(example.picture()))), 1, false));
    }

    /** The same picture in every request, which has only its name; {@link #named(Example)} has told it. */
    static LongFunction<byte[]> named() {
        return always(chat(List.of(text("What is this?"), Map.of("type", "image_url", "uuid", NAME)), 1, false));
    }

    /** Gives a picture its name. */
    static byte[] named(Example example) {
        Map<String, Object> picture =
                Map.of("type", "image_url", "image_url", Map.of("url", url(example.picture())), "uuid", NAME);
        return chat(List.of(text("What is this?"), picture), 1, false);
    }

    /** Another picture in every request. */
    static LongFunction<byte[]> fresh(Example example) {
        return number -> chat(content(Map.of("url", url(example.freshPicture(number)))), 1, false);
    }

    private static LongFunction<byte[]> always(byte[] request) {
        return number -> request;
    }

    private static String url(byte[] picture) {
        return DataUrl.of(picture, "image/png");
    }

    private static Object content(Map<String, String> imageUrl) {
        return List.of(text("What is this?"), Map.of("type", "image_url", "image_url", imageUrl));
    }

    private static Map<String, String> text(String text) {
        return Map.of("type", "text", "text", text);
    }

    private static byte[] chat(Object content, int tokens, boolean stream) {
        byte[] body = JsonMapper.shared()
                .writeValueAsBytes(Map.of(
                        "messages",
                        List.of(Map.of("role", "user", "content", content)),
                        "max_tokens",
                        tokens,
                        "stream",
                        stream));
        byte[] head = ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length + "\r\n\r\n")
                .getBytes(UTF_8);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }
}

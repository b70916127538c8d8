package dev.pargo.evaluation.bench.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.example.Example;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import tools.jackson.databind.json.JsonMapper;

/** The requests of the measurement, as HTTP/1.1 writes them. */
final class Requests {

    private static final String NAME = "picture";

    private Requests() {}

    /** A request that the gateway answers by itself, from no model and no stage. */
    static LongFunction<byte[]> health() {
        return always("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
    }

    /** A question without a picture. */
    static LongFunction<byte[]> text() {
        return always(chat("What is the capital of France?", 1, false));
    }

    /** A question whose answer is a stream of so many tokens. */
    static LongFunction<byte[]> stream(int tokens) {
        return always(chat("Tell me a story.", tokens, true));
    }

    /** A question with the bytes of always the same picture. */
    static LongFunction<byte[]> inline(Example example) {
        return always(chat(content(Map.of("url", url(example.picture()))), 1, false));
    }

    /** A question about the picture of {@link #uploading}, which it only names by its {@code uuid}. */
    static LongFunction<byte[]> byName() {
        return always(chat(List.of(text("What is this?"), Map.of("type", "image_url", "uuid", NAME)), 1, false));
    }

    /** A question with the bytes of a picture and its {@code uuid}, which the gateway then knows. */
    static byte[] uploading(Example example) {
        Map<String, Object> picture =
                Map.of("type", "image_url", "image_url", Map.of("url", url(example.picture())), "uuid", NAME);
        return chat(List.of(text("What is this?"), picture), 1, false);
    }

    /** A question about a picture that no other request has. */
    static LongFunction<byte[]> fresh(Example example) {
        return number -> chat(content(Map.of("url", url(example.freshPicture(number)))), 1, false);
    }

    private static LongFunction<byte[]> always(byte[] request) {
        return number -> request;
    }

    private static String url(byte[] picture) {
        return PictureDataUrl.of(picture, "image/png");
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

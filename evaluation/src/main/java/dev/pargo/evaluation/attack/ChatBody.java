package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Bodies of chat requests. */
final class ChatBody {

    private ChatBody() {}

    /**
     * A question without a picture.
     *
     * @param fields more fields, such as {@code "max_tokens":1}
     */
    static byte[] text(String question, String fields) {
        return "{\"model\":\"pargo-mini\",%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(fields, question)
                .getBytes(UTF_8);
    }

    /** A question about a picture, answered with one token. */
    static byte[] picture(byte[] picture, String type) {
        return ("{\"model\":\"pargo-mini\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":["
                        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/%s;base64,%s\"}},"
                        + "{\"type\":\"text\",\"text\":\"What is it?\"}]}]}")
                .formatted(type, Base64.getEncoder().encodeToString(picture))
                .getBytes(UTF_8);
    }

    /** Head of a chat request whose body follows. */
    static String head(long length) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\n\r\n";
    }
}

package dev.pargo.evaluation.acceptance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of chat requests. */
final class Chat {

    private Chat() {}

    /** A question without a picture. */
    static ObjectNode text(String question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", "pargo-mini");
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        return body;
    }

    /** A question about a picture. */
    static ObjectNode picture(Path image, String question) throws IOException {
        return picture(Files.readAllBytes(image), question);
    }

    /** A question about a file's bytes. */
    static ObjectNode picture(byte[] image, String question) {
        return url("data:image/png;base64," + Base64.getEncoder().encodeToString(image), question);
    }

    /** A question about the picture at a URL. */
    static ObjectNode url(String url, String question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", "pargo-mini");
        ArrayNode parts =
                body.putArray("messages").addObject().put("role", "user").putArray("content");
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
        parts.addObject().put("type", "text").put("text", question);
        return body;
    }

    /**
     * An example's question about its picture, in a file that is in no cache: decoders ignore data after a PNG's end.
     */
    static ObjectNode of(KnownAnswer example) throws IOException {
        byte[] picture = Files.readAllBytes(example.image());
        byte[] unseen = ByteBuffer.allocate(picture.length + Long.BYTES)
                .put(picture)
                .putLong(ThreadLocalRandom.current().nextLong())
                .array();
        return picture(unseen, example.question());
    }
}

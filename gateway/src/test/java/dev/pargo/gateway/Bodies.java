package dev.pargo.gateway;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Request bodies. */
final class Bodies {

    private static final AtomicInteger FILES = new AtomicInteger();

    private Bodies() {}

    static String text(String question) {
        return """
                {"model":"loopback","messages":[{"role":"user","content":"%s"}]}""".formatted(question);
    }

    /** @param fields further fields of the request, with ' for " */
    static String text(String question, String fields) {
        return "{" + fields.replace('\'', '"') + "," + text(question).substring(1);
    }

    static String textStream(String question) {
        return text(question).replaceFirst("\\{", "{\"stream\":true,");
    }

    /** A question about an image file whose first byte is given. */
    static String image(int firstByte, String question) {
        return """
                {"model":"loopback","messages":[{"role":"user","content":[
                 {"type":"text","text":"%s"},
                 {"type":"image_url","image_url":{"url":"%s"}}]}]}""".formatted(question, dataUrl(firstByte, 1000));
    }

    /** A question about several image files whose first bytes are given. */
    static String images(String question, int... firstBytes) {
        String pictures = IntStream.of(firstBytes)
                .mapToObj(first -> """
                        {"type":"image_url","image_url":{"url":"%s"}},""".formatted(dataUrl(first, 1000)))
                .collect(Collectors.joining());
        return """
                {"model":"loopback","messages":[{"role":"user","content":[
                 %s{"type":"text","text":"%s"}]}]}""".formatted(pictures, question);
    }

    static String imageStream(int firstByte, String question) {
        return image(firstByte, question).replaceFirst("\\{", "{\"stream\":true,");
    }

    /** An image file that differs from all others after its first byte. */
    static String dataUrl(int firstByte, int bytes) {
        byte[] file = new byte[bytes];
        file[0] = (byte) firstByte;
        ByteBuffer.wrap(file).putInt(1, FILES.incrementAndGet());
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(file);
    }
}

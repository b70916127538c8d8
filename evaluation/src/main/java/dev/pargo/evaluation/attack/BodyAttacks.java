package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Bodies that are large, deeply nested or invalid. */
final class BodyAttacks {

    private static final int MEGABYTE = 1 << 20;
    private static final int CLIENTS = 8;
    /** Far more bytes than a service reads of a body that it does not need, including kernel buffers. */
    private static final int ENDLESS_MEGABYTES = 256;

    /** Times that a client tries a request, a second apart. */
    private static final int TURNS = 60;

    private BodyAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("form bodies of 64 MB by any method on every port", BodyAttacks::forms),
                new Attack("bodies without end, where none is expected", BodyAttacks::endless),
                new Attack("bodies of 7 MB with unknown fields", target -> same(target, unknownFields(7 * MEGABYTE))),
                new Attack("bodies of 7 MB, nested", target -> same(target, nested(7 * MEGABYTE))),
                new Attack("a million messages", target -> same(target, messages())),
                new Attack("a million stop strings", target -> same(target, stops())),
                new Attack("a number of a million digits", target -> same(target, number())),
                new Attack("24 prompts of 500 KB", BodyAttacks::longPrompts),
                new Attack("requests that can never fit", BodyAttacks::neverFits),
                new Attack("8 ordinary clients that send chunks", BodyAttacks::chunked),
                new Attack("long answers with top_logprobs, read slowly", BodyAttacks::slowReaders),
                new Attack("300 long answers at once for one client", BodyAttacks::manyLongAnswers),
                new Attack("60 whole answers with top_logprobs that nobody reads", BodyAttacks::unreadAnswers));
    }

    private static void forms(StackUnderAttack target) throws InterruptedException {
        List<InetSocketAddress> ports = target.httpPorts();
        List<String> methods = List.of("PUT", "PATCH", "DELETE", "POST");
        Crowd.atOnce(ports.size() * methods.size(), target.replies(), number -> {
            InetSocketAddress port = ports.get(number % ports.size());
            String method = methods.get(number / ports.size());
            try (RawConnection connection = target.connect(port)) {
                connection.write(method + " /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: " + 64 * MEGABYTE + "\r\n\r\n");
                pour(connection, 64);
                RawConnection.Reply reply = connection.readReply();
                target.replies().add(reply.status(), reply.body(), method + " of a form");
            }
        });
    }

    private static void endless(StackUnderAttack target) throws InterruptedException {
        List<InetSocketAddress> ports = target.httpPorts();
        List<String> requests = List.of("GET /v1/models", "POST /nowhere", "DELETE /actuator/health", "POST /health");
        Crowd.atOnce(ports.size() * requests.size(), target.replies(), number -> {
            try (RawConnection connection = target.connect(ports.get(number % ports.size()))) {
                connection.write(requests.get(number / ports.size())
                        + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
                String chunk = Integer.toHexString(MEGABYTE) + "\r\n" + "x".repeat(MEGABYTE) + "\r\n";
                for (int megabytes = 0; megabytes < ENDLESS_MEGABYTES; megabytes++) {
                    connection.write(chunk);
                }
                target.replies()
                        .addUnacceptable(
                                "%s took %d MB".formatted(requests.get(number / ports.size()), ENDLESS_MEGABYTES));
            }
        });
    }

    /** Sends a form's fields until the peer answers or closes. */
    private static void pour(RawConnection connection, int megabytes) throws IOException {
        byte[] piece = "a=b&".repeat(MEGABYTE / 4).getBytes(UTF_8);
        for (int i = 0; i < megabytes && !connection.hasReply(); i++) {
            connection.write(piece);
        }
    }

    private static void same(StackUnderAttack target, byte[] body) throws InterruptedException {
        Crowd.atOnce(CLIENTS, target.replies(), number -> target.post(body, "a large body"));
    }

    private static byte[] unknownFields(int size) {
        StringBuilder fields = new StringBuilder("\"max_tokens\":1,\"unknown\":[");
        while (fields.length() < size) {
            fields.append("{\"a\":{\"b\":[1,{}]}},");
        }
        return ChatBody.text("?", fields.append("0]").toString());
    }

    private static byte[] nested(int size) {
        return ChatBody.text("?", "\"unknown\":" + "[".repeat(size / 2) + "]".repeat(size / 2));
    }

    private static byte[] messages() {
        String one = "{\"role\":\"user\",\"content\":\"?\"},";
        return ("{\"model\":\"pargo-mini\",\"messages\":[" + one.repeat(200_000) + one.substring(0, one.length() - 1)
                        + "]}")
                .getBytes(UTF_8);
    }

    private static byte[] stops() {
        return ChatBody.text("?", "\"stop\":[" + "\"a\",".repeat(1_000_000) + "\"b\"]");
    }

    private static byte[] number() {
        return ChatBody.text("?", "\"max_tokens\":" + "9".repeat(1_000_000));
    }

    private static void longPrompts(StackUnderAttack target) throws InterruptedException {
        byte[] body = ChatBody.text("word ".repeat(100_000), "\"max_tokens\":1");
        Crowd.atOnce(24, target.replies(), number -> expectFinal(target, body, "a prompt of 500 KB"));
    }

    private static void neverFits(StackUnderAttack target) throws InterruptedException {
        String choice = "\"" + "c".repeat(1000) + "\",";
        List<String> fields = List.of(
                "\"guided_choice\":[" + choice.repeat(2000) + "\"d\"]",
                "\"stop\":[\"" + "s".repeat(2 * MEGABYTE) + "\"]",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"enum\":["
                        + choice.repeat(2000) + "\"d\"]}}}");
        Crowd.atOnce(
                fields.size(),
                target.replies(),
                number -> expectFinal(
                        target,
                        ChatBody.text("?", fields.get(number)),
                        fields.get(number).substring(0, 20)));
    }

    /**
     * A request that can never be served must not be told to come back for ever. It may be told so while the client's
     * other requests hold its share of the memory.
     */
    private static void expectFinal(StackUnderAttack target, byte[] body, String what)
            throws IOException, InterruptedException {
        int status = target.post(HttpRequest.BodyPublishers.ofByteArray(body), what);
        for (int turn = 1; status == 429 && turn < TURNS; turn++) {
            TimeUnit.SECONDS.sleep(1);
            status = target.post(HttpRequest.BodyPublishers.ofByteArray(body), what);
        }
        if (status != 400 && status != 413) {
            target.replies().addUnacceptable("status %d for %s".formatted(status, what));
        }
    }

    private static void chunked(StackUnderAttack target) throws InterruptedException {
        byte[] body = ChatBody.text("What does the text say?", "\"max_tokens\":4");
        Crowd.share(80, CLIENTS, target.replies(), number -> {
            int status = target.post(
                    HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), "chunks");
            if (status != 200) {
                target.replies().addUnacceptable("status %d for an ordinary chunked request".formatted(status));
            }
        });
    }

    /** More requests than all queues together can hold. */
    private static void manyLongAnswers(StackUnderAttack target) throws InterruptedException {
        byte[] body = ChatBody.text("?", "\"n\":8,\"temperature\":1,\"ignore_eos\":true,\"max_tokens\":400");
        Crowd.atOnce(300, target.replies(), number -> {
            try (RawConnection connection = target.connect(target.door())) {
                connection.write(ChatBody.head(body.length));
                connection.write(body);
                RawConnection.Reply reply = connection.readReply();
                target.replies().add(reply.status(), reply.body(), "one of 300 long answers");
            }
        });
    }

    private static void unreadAnswers(StackUnderAttack target) throws InterruptedException {
        byte[] body = ChatBody.text(
                "?",
                "\"n\":8,\"temperature\":1,\"logprobs\":true,\"top_logprobs\":20,\"ignore_eos\":true,\"max_tokens\":400");
        Crowd.atOnce(60, target.replies(), number -> {
            try (RawConnection connection = target.connect(target.door())) {
                connection.write(ChatBody.head(body.length));
                connection.write(body);
                TimeUnit.SECONDS.sleep(30);
            }
        });
    }

    private static void slowReaders(StackUnderAttack target) throws InterruptedException {
        byte[] body = ChatBody.text(
                "?",
                "\"stream\":true,\"n\":4,\"temperature\":1,\"logprobs\":true,\"top_logprobs\":20,\"ignore_eos\":true,"
                        + "\"max_tokens\":400");
        Crowd.atOnce(16, target.replies(), number -> {
            try (RawConnection connection = target.connect(target.door())) {
                connection.write(ChatBody.head(body.length));
                connection.write(body);
                Slowly.every(50, 200, () -> connection.read() >= 0);
            }
        });
    }
}

package dev.pargo.gateway;

import static dev.pargo.gateway.RawHttp.chat;
import static dev.pargo.gateway.RawHttp.chatHead;
import static dev.pargo.gateway.RawHttp.chunkedChat;
import static dev.pargo.gateway.RawHttp.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of hostile clients: they get no more resources than were admitted, and cannot keep others out. */
class DoorTest {

    private static final int MAX_BODY = 1_000_000;

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start(
            "--server.jetty.threads.max=16",
            "--pargo.gateway.max-concurrent-requests=8",
            "--pargo.gateway.max-body=" + MAX_BODY + "B",
            "--pargo.gateway.max-concurrent-bytes=2600000B",
            "--pargo.gateway.body-window=3s",
            "--pargo.gateway.least-body-rate=1000B",
            "--pargo.gateway.max-connections-per-address=600");

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    private final List<RawHttp> open = new ArrayList<>();

    @AfterEach
    void leaveNothingBehind() throws IOException {
        for (RawHttp connection : open) {
            connection.close();
        }
        stages.reset();
        await().untilAsserted(() -> {
            assertThat(gateway.gauge("pargo.gateway.bodies.held")).isZero();
            assertThat(gateway.active()).isZero();
        });
    }

    @Test
    void bodiesThatDoNotComeKeepNobodyOut() throws Exception {
        for (int i = 0; i < 300; i++) {
            connect().send(chatHead(MAX_BODY) + "{");
        }

        assertAnswered();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/health", "/nothing"})
    void bodiesThatNobodyAskedForKeepNobodyOut(String path) throws Exception {
        for (int i = 0; i < 100; i++) {
            connect().send(head("GET", path, "Content-Length: 1000\r\n") + "{");
            connect().send(head("PUT", path, "Transfer-Encoding: chunked\r\n") + "5\r\n{");
        }

        assertAnswered();
    }

    @Test
    void bodiesOnTheManagementPortKeepNobodyOut() throws Exception {
        for (int i = 0; i < 300; i++) {
            connect(gateway.managementPort())
                    .send(head("GET", "/actuator/health", "Content-Type: application/json\r\nContent-Length: 1000\r\n")
                            + "{");
        }

        assertThat(gateway.readiness().statusCode()).isEqualTo(200);
    }

    @Test
    void aSlowBodyIsRefusedAndItsConnectionClosed() throws Exception {
        RawHttp slow = connect().send(chatHead(1000) + "{");

        assertThat(slow.untilClosed())
                .startsWith("HTTP/1.1 408 ")
                .contains("The request body arrives too slowly: it must bring at least 1000 bytes a second");
    }

    @Test
    void aBodyThatStopsMakesRoomForOthers() throws Exception {
        List<RawHttp> stopped = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            stopped.add(connect().send(chatHead(MAX_BODY)).send(new byte[MAX_BODY - 1]));
        }
        await().until(() -> gateway.gauge("pargo.gateway.bodies.held") > 1.9 * MAX_BODY);

        await().untilAsserted(() -> assertThat(connect()
                        .send(chat(Bodies.text("Hm?") + " ".repeat(900_000)))
                        .answer())
                .startsWith("HTTP/1.1 200 "));
        // Either of these may come first: it is dropped for another body, or it is too slow.
        assertThat(stopped.get(0).untilClosed()).matches("(?s)HTTP/1.1 (429|408) .*");
    }

    @Test
    void bodiesInChunksTakeWhatTheyBring() throws Exception {
        List<RawHttp> begun = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String whole = chunkedChat(Bodies.text("Hm?"));
            begun.add(connect().send(whole.substring(0, whole.length() - 7)));
        }
        for (RawHttp connection : begun) {
            assertThat(connection.send("\r\n0\r\n\r\n").answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aFormIsNotRead() throws Exception {
        String form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
        for (String method : List.of("PUT", "PATCH", "DELETE", "POST")) {
            String body = "a=" + "b".repeat(50_000);
            assertThat(connect()
                            .send(head(method, "/v1/models", form + body.length() + "\r\n") + body)
                            .answer())
                    .as(method)
                    .startsWith("HTTP/1.1 405 ");
        }
        assertThat(connect()
                        .send(head("PUT", "/v1/models", form + "900000000\r\n") + "a=b")
                        .untilClosed())
                .startsWith("HTTP/1.1 405 ");
    }

    @Test
    void aBodyWithoutEndIsReadToItsLimitOnly() throws Exception {
        RawHttp endless = connect().send(head("POST", "/v1/chat/completions", "Transfer-Encoding: chunked\r\n"));
        byte[] chunk = ("8000\r\n" + " ".repeat(0x8000) + "\r\n").getBytes();
        int sent = 0;
        try {
            while (sent < 100 * MAX_BODY) {
                endless.send(chunk);
                sent += chunk.length;
            }
        } catch (SocketException closed) {
            // As it should be.
        }
        assertThat(sent).isLessThan(20 * MAX_BODY);
        assertAnswered();
    }

    @Test
    void aClientThatWaitsForPermissionNeedNotSendWhatIsTooLarge() throws Exception {
        String head = head("POST", "/v1/chat/completions", "Expect: 100-continue\r\nContent-Length: 2000000\r\n");

        assertThat(connect().send(head).untilClosed())
                .startsWith("HTTP/1.1 413 ")
                .contains("limit of 1000000 bytes");
    }

    @Test
    void aConnectionStaysUsableAfterARefusal() throws Exception {
        RawHttp connection = connect();

        assertThat(connection.send(chat("{}")).answer()).startsWith("HTTP/1.1 400 ");
        assertThat(connection.send(chat(" ".repeat(MAX_BODY + 1))).answer()).startsWith("HTTP/1.1 413 ");
        assertThat(connection.send(head("GET", "/nothing", "")).answer()).startsWith("HTTP/1.1 404 ");
        assertThat(connection.send(chat(Bodies.text("Hm?"))).answer()).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestWhoseConnectionIsHalfClosedIsAnswered(boolean stream) throws Exception {
        stages.llm.pauseMillis = 600;
        RawHttp connection = connect().send(chat(stream ? Bodies.textStream("Hm?") : Bodies.text("Hm?")));
        connection.socket.shutdownOutput();

        assertThat(connection.untilClosed()).contains("HTTP/1.1 200 ", "Hm?");
    }

    @Test
    void headersThatAreTooLargeAreRefusedByName() throws Exception {
        String answer = connect()
                .send(head("GET", "/v1/models", "X-Large: " + "x".repeat(40_000) + "\r\n"))
                .answer();

        assertThat(answer)
                .startsWith("HTTP/1.1 431 ")
                .contains("\"error\":{\"message\":\"The headers of the request are too large\"");
    }

    @Test
    void whateverComesAtOnceIsAnswered() throws Exception {
        List<RawHttp> burst = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            burst.add(connect());
        }
        for (RawHttp connection : burst) {
            connection.send(chat(Bodies.text("Hm?")));
        }
        for (RawHttp connection : burst) {
            assertThat(connection.answer()).matches("(?s)HTTP/1.1 (200|429) .*");
        }
    }

    @Test
    void oneAddressHasItsShareOfTheConnections() throws Exception {
        for (int i = 0; i < 600; i++) {
            connect();
        }
        await().until(() -> isClosedAtOnce(connect()));
        for (RawHttp connection : open) {
            connection.close();
        }
        await().ignoreExceptions().untilAsserted(this::assertAnswered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "GZIP"})
    void compressedBodiesAreRead(String encoding) throws Exception {
        byte[] body = compress(encoding, Bodies.text("Hm?"));

        assertThat(post(encoding, body)).startsWith("HTTP/1.1 200 ");
        assertThat(post(encoding, java.util.Arrays.copyOf(body, body.length / 2)))
                .startsWith("HTTP/1.1 400 ")
                .contains("The body is not valid " + encoding.toLowerCase());
        assertThat(post(encoding, "no".getBytes())).startsWith("HTTP/1.1 400 ");
        assertThat(post(encoding, compress(encoding, Bodies.text("x".repeat(50 * MAX_BODY)))))
                .startsWith("HTTP/1.1 413 ")
                .contains("limit of 1000000 bytes after decompression");
    }

    @Test
    void encodingsThatAreNotKnownAreNamed() throws Exception {
        assertThat(post("br", new byte[10]))
                .startsWith("HTTP/1.1 415 ")
                .contains("The content encoding must be gzip, deflate or identity, not br");
    }

    private static boolean isClosedAtOnce(RawHttp connection) throws IOException {
        try {
            return connection
                    .send(head("GET", "/v1/models", "Connection: close\r\n"))
                    .untilClosed()
                    .isEmpty();
        } catch (SocketException reset) {
            return true;
        }
    }

    private String post(String encoding, byte[] body) throws IOException {
        return connect()
                .send(head(
                        "POST",
                        "/v1/chat/completions",
                        "Content-Encoding: " + encoding + "\r\nContent-Length: " + body.length + "\r\n"))
                .send(body)
                .answer();
    }

    private static byte[] compress(String encoding, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = encoding.equals("deflate") ? new DeflaterOutputStream(bytes) : new GZIPOutputStream(bytes)) {
            out.write(text.getBytes());
        }
        return bytes.toByteArray();
    }

    private void assertAnswered() throws IOException {
        assertThat(connect().send(chat(Bodies.text("Hm?"))).answer()).startsWith("HTTP/1.1 200 ");
    }

    private RawHttp connect() throws IOException {
        return connect(gateway.port);
    }

    private RawHttp connect(int port) throws IOException {
        RawHttp connection = new RawHttp(port);
        open.add(connection);
        return connection;
    }
}

package dev.pargo.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.Behaviour;
import dev.pargo.gateway.loopback.LoopbackStages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If a client disconnects, its work is cancelled, in every stage of the request. */
class DisconnectTest {

    /** A disconnected client is noticed within 150 ms; the rest is an allowance for a busy machine. */
    private static final long LIMIT_MILLIS = 800;

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start("--pargo.gateway.heartbeat=200ms");

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsTheEncoder(boolean stream) throws Exception {
        stages.encoder.behaviour.hang = true;

        leaveWhileWaitingFor(stages.encoder.behaviour, stream ? Bodies.imageStream(7, "Hm?") : Bodies.image(7, "Hm?"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsTheProjector(boolean stream) throws Exception {
        stages.projector.behaviour.hang = true;

        leaveWhileWaitingFor(
                stages.projector.behaviour, stream ? Bodies.imageStream(7, "Hm?") : Bodies.image(7, "Hm?"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsTheLlmBeforeItsFirstToken(boolean stream) throws Exception {
        stages.llm.behaviour.hang = true;

        leaveWhileWaitingFor(stages.llm.behaviour, stream ? Bodies.textStream("Hm?") : Bodies.text("Hm?"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsTheLlmWhileItWrites(boolean stream) throws Exception {
        stages.llm.stallAfter = 1;

        leaveWhileWaitingFor(stages.llm.behaviour, stream ? Bodies.textStream("Hm?") : Bodies.text("Hm?"));
    }

    @Test
    void noticesAClientWhoseBodyCameInChunks() throws Exception {
        stages.llm.behaviour.hang = true;

        leaveAfterSending(chunked(Bodies.text("Hm?")), stages.llm.behaviour);
    }

    @Test
    void noticesAClientThatResetsItsConnection() throws Exception {
        stages.llm.behaviour.hang = true;
        long before = gateway.ended("cancelled");
        try (Socket socket = connect()) {
            send(socket, post(Bodies.text("Hm?")));
            awaitCall(stages.llm.behaviour);
            socket.setSoLinger(true, 0);
        }
        assertThat(stages.llm.behaviour.cancellations.poll(LIMIT_MILLIS, TimeUnit.MILLISECONDS))
                .isNotNull();
        awaitCancelled(before + 1);
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws Exception {
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                send(socket, post(Bodies.image(7, "Hm?")));
                assertThat(readAnswer(socket)).contains("Hm?");
            }
        }
    }

    @Test
    void doesNotMistakeTheNextRequestForADisconnect() throws Exception {
        stages.llm.pauseMillis = 250;
        try (Socket socket = connect()) {
            send(socket, post(Bodies.text("First")));
            awaitCall(stages.llm.behaviour);
            // One byte of the next request is the hardest case: it looks most like the end of the stream.
            String next = post(Bodies.text("Second"));
            send(socket, next.substring(0, 1));
            Thread.sleep(150);
            send(socket, next.substring(1));
            BufferedReader reader = reader(socket);
            assertThat(readAnswer(reader)).contains("First");
            assertThat(readAnswer(reader)).contains("Second");
        }
    }

    /** The second request comes with the first's body, a third one while the first is being answered. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3000, 9000, 40_000})
    void losesNothingOfRequestsSentAhead(int bytes) throws Exception {
        stages.llm.pauseMillis = 250;
        String filling = "x".repeat(bytes);
        try (Socket socket = connect()) {
            send(socket, post(Bodies.text("First" + filling)) + post(Bodies.text("Second")));
            awaitCall(stages.llm.behaviour);
            send(socket, post(Bodies.text("Third" + filling)));
            BufferedReader reader = reader(socket);
            assertThat(readAnswer(reader)).contains("First" + filling);
            assertThat(readAnswer(reader)).contains("Second");
            assertThat(readAnswer(reader)).contains("Third" + filling);
        }
    }

    @Test
    void losesNothingOfARequestSentAheadOfTheEndOfAChunkedBody() throws Exception {
        stages.llm.pauseMillis = 250;
        try (Socket socket = connect()) {
            send(socket, chunked(Bodies.text("First")) + post(Bodies.text("Second")));
            awaitCall(stages.llm.behaviour);
            send(socket, post(Bodies.text("Third")));
            BufferedReader reader = reader(socket);
            assertThat(readAnswer(reader)).contains("First");
            assertThat(readAnswer(reader)).contains("Second");
            assertThat(readAnswer(reader)).contains("Third");
        }
    }

    @Test
    void aSilentStreamGetsSignsOfLife() throws Exception {
        stages.llm.stallAfter = 1;
        long before = gateway.ended("cancelled");
        try (Socket socket = connect()) {
            send(socket, post(Bodies.textStream("Hm?")));
            BufferedReader reader = reader(socket);
            String line;
            do {
                line = reader.readLine();
                assertThat(line).isNotNull();
            } while (!line.startsWith(": "));
        }
        awaitCancelled(before + 1);
    }

    private static void leaveWhileWaitingFor(Behaviour behaviour, String body) throws Exception {
        leaveAfterSending(post(body), behaviour);
    }

    private static void leaveAfterSending(String request, Behaviour behaviour) throws Exception {
        long before = gateway.ended("cancelled");
        long left;
        try (Socket socket = connect()) {
            send(socket, request);
            awaitCall(behaviour);
            assertThat(behaviour.cancellations).isEmpty();
            left = System.nanoTime();
        }
        @Nullable Long cancelled = behaviour.cancellations.poll(5, TimeUnit.SECONDS);
        assertThat(cancelled).as("time of cancellation").isNotNull();
        assertThat(Duration.ofNanos(cancelled - left)).isLessThan(Duration.ofMillis(LIMIT_MILLIS));
        awaitCancelled(before + 1);
    }

    private static void awaitCancelled(long requests) {
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> {
            assertThat(gateway.ended("cancelled")).isEqualTo(requests);
            assertThat(gateway.active()).isZero();
        });
    }

    private static void awaitCall(Behaviour behaviour) throws InterruptedException {
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> behaviour.calls.get() == 1);
        // By now the request is waiting, and has checked its client at least once.
        Thread.sleep(150);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port);
        socket.setSoTimeout(5000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static String post(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    }

    private static String chunked(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\n\r\n";
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    private static String readAnswer(Socket socket) throws IOException {
        return readAnswer(reader(socket));
    }

    private static String readAnswer(BufferedReader reader) throws IOException {
        assertThat(reader.readLine()).startsWith("HTTP/1.1 200");
        int length = 0;
        String line;
        while (!(line = reader.readLine()).isEmpty()) {
            if (line.toLowerCase().startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        char[] body = new char[length];
        for (int read = 0; read < length; ) {
            read += reader.read(body, read, length - read);
        }
        return new String(body);
    }
}

package dev.pargo.evaluation.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyTest {

    private static final byte[] LARGE = new byte[20_000];

    private ServerSocket server;
    private Proxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = new Proxy(server.getLocalPort(), new Random(1));
        Daemon.start("echo", this::echo);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesOnWhatItIsGiven() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(LARGE);

            assertThat(client.getInputStream().readNBytes(LARGE.length)).isEqualTo(LARGE);
        }
    }

    @Test
    void flipsBitsOfLargePieces() throws IOException {
        proxy.impose(Disturbance.FLIP);
        try (Socket client = connect()) {
            client.getOutputStream().write(LARGE);

            assertThat(client.getInputStream().readNBytes(LARGE.length)).isNotEqualTo(LARGE);
        }
    }

    @Test
    void resetsConnections() throws IOException {
        try (Socket client = connect()) {
            proxy.impose(Disturbance.RESET);
            client.getOutputStream().write(1);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void halfOpenConnectionSaysNothingUntilItIsHealed() throws IOException {
        try (Socket client = connect()) {
            proxy.impose(Disturbance.SWALLOW);
            client.getOutputStream().write(1);
            client.setSoTimeout(200);
            InputStream in = client.getInputStream();

            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            client.setSoTimeout(10_000);
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
        }
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(10_000);
        return client;
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                Daemon.start("echo", () -> echo(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void echo(Socket connection) {
        try (connection) {
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException closed) {
            // The connection has ended.
        }
    }
}

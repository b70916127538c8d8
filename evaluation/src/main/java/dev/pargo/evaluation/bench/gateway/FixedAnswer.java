package dev.pargo.evaluation.bench.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A server that does nothing but answer, with a thread for each connection: what a request to it takes is the load's own
 * time. A request must arrive as a whole and end with an empty line, as those without a body do.
 */
final class FixedAnswer implements AutoCloseable {

    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII);

    private final ServerSocket listener;

    private FixedAnswer(ServerSocket listener) {
        this.listener = listener;
    }

    static FixedAnswer start() throws IOException {
        ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        start(() -> accept(listener));
        return new FixedAnswer(listener);
    }

    int port() {
        return listener.getLocalPort();
    }

    private static void accept(ServerSocket listener) {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                start(() -> answer(socket));
            }
        } catch (IOException closed) {
            // The measurement is over.
        }
    }

    private static void answer(Socket connection) {
        try (Socket socket = connection) {
            byte[] request = new byte[16 * 1024];
            while (socket.getInputStream().read(request) >= 0) {
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException closed) {
            // The load has left.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fixed-answer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

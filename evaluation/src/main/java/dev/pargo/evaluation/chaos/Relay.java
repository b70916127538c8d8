package dev.pargo.evaluation.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One connection through a {@link Proxy}, in both directions. */
final class Relay {

    static final Duration DELAY = Duration.ofMillis(300);

    private static final int BUFFER = 64 * 1024;
    /** Headers and text messages are smaller than this, chunks of tensors larger. */
    private static final int LARGE = 4 * 1024;

    private final Proxy proxy;
    private final Socket client;
    private final Socket server;
    private volatile boolean lostBytes;

    Relay(Proxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    /** Forwards bytes until both sides have ended. */
    void run() {
        Thread back = Daemon.thread("relay-back", () -> pump(server, client));
        back.start();
        pump(client, server);
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        proxy.ended(this);
    }

    boolean hasLostBytes() {
        return lostBytes;
    }

    void reset() {
        reset(client);
        reset(server);
    }

    /** Closes a connection with a reset instead of an orderly end. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException closedAlready) {
            // The connection is closed either way.
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                pass(buffer, length, out);
            }
            if (!lostBytes) {
                to.shutdownOutput();
            }
        } catch (IOException ended) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    private void pass(byte[] buffer, int length, OutputStream out) throws IOException, InterruptedException {
        switch (proxy.disturbance()) {
            case NONE -> out.write(buffer, 0, length);
            case DELAY -> {
                TimeUnit.MILLISECONDS.sleep(DELAY.toMillis());
                out.write(buffer, 0, length);
            }
            case RESET -> throw new IOException("reset on purpose");
            case SWALLOW -> lostBytes = true;
            case FLIP -> {
                if (length > LARGE) {
                    int position = length / 2 + proxy.random().nextInt(length / 2);
                    buffer[position] ^= (byte) (1 << proxy.random().nextInt(8));
                }
                out.write(buffer, 0, length);
            }
            case CUT -> {
                out.write(buffer, 0, length > LARGE ? length / 2 : length);
                if (length > LARGE) {
                    throw new IOException("cut on purpose");
                }
            }
        }
    }
}

package dev.pargo.gateway.loopback;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network in front of a loopback stage. It forwards bytes until a test injects a fault. */
public final class Wire implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int stage;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Set<Socket> stages = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private boolean frozen;
    private int epoch;

    /** @param stage port of the stage */
    public Wire(int stage) throws IOException {
        this.stage = stage;
        start(this::accept);
    }

    public String target() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Forwards nothing in either direction and closes no connection, as if the stage's machine were lost. */
    public void freeze() {
        synchronized (gate) {
            frozen = true;
        }
    }

    /** Forwards the bytes that were held back. */
    public void thaw() {
        synchronized (gate) {
            frozen = false;
            gate.notifyAll();
        }
    }

    /** Drops all connections without closing them, and forwards bytes of new ones. */
    public void forget() {
        synchronized (gate) {
            epoch++;
            frozen = false;
            gate.notifyAll();
        }
    }

    /** Resets all connections. */
    public void cut() {
        clients.forEach(Wire::reset);
        stages.forEach(Wire::reset);
    }

    /** Sends the clients an invalid HTTP/2 frame: longer than allowed. */
    public void garble() throws IOException {
        for (Socket client : clients) {
            client.getOutputStream().write(new byte[] {-1, -1, -1, 0, 0, 0, 0, 0, 1});
        }
    }

    @Override
    public void close() throws IOException {
        thaw();
        listener.close();
        cut();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), stage);
            clients.add(client);
            stages.add(server);
            int born = epoch();
            start(() -> pump(client, server, born));
            start(() -> pump(server, client, born));
        }
    }

    private void pump(Socket from, Socket to, int born) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            int read;
            while ((read = in.read(buffer)) >= 0) {
                if (mayPass(born)) {
                    out.write(buffer, 0, read);
                }
            }
        } finally {
            clients.remove(from);
            stages.remove(from);
        }
    }

    private int epoch() {
        synchronized (gate) {
            return epoch;
        }
    }

    /** Waits while nothing is forwarded; false for a connection that has been dropped meanwhile. */
    private boolean mayPass(int born) {
        synchronized (gate) {
            while (frozen) {
                try {
                    gate.wait();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return born == epoch;
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (SocketException closed) {
            // That was wanted.
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void start(Traffic traffic) {
        Thread thread = new Thread(() -> {
            try {
                traffic.run();
            } catch (IOException ended) {
                // A connection, or the test.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Traffic {
        void run() throws IOException;
    }
}

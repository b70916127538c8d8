package dev.pargo.evaluation.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy in front of a port of this machine that can disturb its connections. Thread-safe. */
final class Proxy implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final int target;
    private final Random random;
    private volatile Disturbance disturbance = Disturbance.NONE;

    /**
     * @param target port to forward connections to
     * @param random chooses the bits to flip
     */
    Proxy(int target, Random random) throws IOException {
        this.target = target;
        this.random = random;
        Daemon.start("proxy-" + listener.getLocalPort(), this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Disturbs all connections, present and new ones, until {@link #heal}. */
    void impose(Disturbance wanted) {
        disturbance = wanted;
    }

    /** Forwards everything again. Connections that have lost bytes are reset, because their peers cannot continue. */
    void heal() {
        disturbance = Disturbance.NONE;
        relays.stream().filter(Relay::hasLostBytes).forEach(Relay::reset);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        relays.forEach(Relay::reset);
    }

    Disturbance disturbance() {
        return disturbance;
    }

    Random random() {
        return random;
    }

    void ended(Relay relay) {
        relays.remove(relay);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Daemon.start("relay", () -> relay(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void relay(Socket client) {
        try {
            Relay relay = new Relay(this, client, new Socket(InetAddress.getLoopbackAddress(), target));
            relays.add(relay);
            relay.run();
        } catch (IOException nobodyListens) {
            Relay.reset(client);
        }
    }
}

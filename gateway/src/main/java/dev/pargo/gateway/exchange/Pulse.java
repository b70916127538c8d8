package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.http.ClientConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Runs between two waits of a request: checks whether the client is still connected, and sends a comment if the stream
 * has been silent.
 */
public final class Pulse implements Runnable {

    private static final long INTERVAL_NANOS = 50_000_000;

    private static final long PROBE_NANOS = 1_000_000_000;

    private final ClientConnection client;
    private final @Nullable AnswerWriter answer;
    private long last = System.nanoTime();
    private long lastProbe;
    private int probes;

    /** Of a request whose answer is written at once. */
    public Pulse(ClientConnection client) {
        this(client, null);
    }

    Pulse(ClientConnection client, @Nullable AnswerWriter answer) {
        this.client = client;
        this.answer = answer;
    }

    /**
     * Checks, unless the last check was a moment ago.
     *
     * @throws ClientGoneException if the client has disconnected
     */
    @Override
    public void run() {
        long now = System.nanoTime();
        if (now - last < INTERVAL_NANOS) {
            return;
        }
        last = now;
        try {
            if (client.sendsNoMore() && (probes < 3 || now - lastProbe > PROBE_NANOS)) {
                probes++;
                lastProbe = now;
                probe();
            }
            if (answer != null) {
                answer.idle();
            }
        } catch (IOException closed) {
            throw new ClientGoneException();
        }
    }

    /** The client has disconnected, or has only closed its sending side. Writing shows which. */
    private void probe() throws IOException {
        client.probe();
        if (answer != null) {
            answer.probe();
        }
    }
}

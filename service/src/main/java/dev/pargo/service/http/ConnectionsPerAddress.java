package dev.pargo.service.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.SelectorManager;

/** Closes connections beyond an address's share, so that no address can take all connections. Thread-safe. */
final class ConnectionsPerAddress implements SelectorManager.AcceptListener {

    private final int limit;
    private final Map<SelectableChannel, InetAddress> addresses = new ConcurrentHashMap<>();
    private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    ConnectionsPerAddress(int limit) {
        this.limit = limit;
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        try {
            if (channel instanceof SocketChannel socket
                    && socket.getRemoteAddress() instanceof InetSocketAddress remote) {
                if (counts.merge(remote.getAddress(), 1, Integer::sum) > limit) {
                    release(remote.getAddress());
                    channel.close();
                } else {
                    addresses.put(channel, remote.getAddress());
                }
            }
        } catch (IOException gone) {
            // It is not counted then.
        }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        InetAddress address = addresses.remove(channel);
        if (address != null) {
            release(address);
        }
    }

    private void release(InetAddress address) {
        counts.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}

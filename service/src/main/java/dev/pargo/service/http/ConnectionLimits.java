package dev.pargo.service.http;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Limits on the connections of a server.
 *
 * @param all       connections at the same time; if all are taken, idle ones are closed after a second
 * @param ofAddress connections at the same time from one address
 */
public record ConnectionLimits(int all, int ofAddress) {

    private static final int CROWDED_IDLE_MILLIS = 1000;

    /** Applies the limits before the server starts. Connections may arrive faster than they are accepted. */
    public void apply(Server server) {
        NetworkConnectionLimit limit = new NetworkConnectionLimit(all, server);
        limit.setEndPointIdleTimeout(CROWDED_IDLE_MILLIS);
        server.addBean(limit);
        for (Connector connector : server.getConnectors()) {
            ServerConnector sockets = (ServerConnector) connector;
            sockets.addBean(new ConnectionsPerAddress(ofAddress));
            sockets.setAcceptQueueSize(all);
        }
    }
}

package dev.pargo.service.http;

import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** The actuator's HTTP server. It reads no bodies and bounds its connections. */
public final class BoundedServer implements WebServerFactoryCustomizer<JettyServletWebServerFactory> {

    private static final int MAX_CONNECTIONS = 1024;

    /** How long a connection may be idle when the connection limit is reached. */
    private static final int CROWDED_IDLE_MILLIS = 1000;

    @Override
    public void customize(JettyServletWebServerFactory factory) {
        factory.addServerCustomizers(server -> {
            server.setHandler(new NoBodies(server.getHandler()));
            NetworkConnectionLimit limit = new NetworkConnectionLimit(MAX_CONNECTIONS, server);
            limit.setEndPointIdleTimeout(CROWDED_IDLE_MILLIS);
            server.addBean(limit);
        });
    }
}

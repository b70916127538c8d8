package dev.pargo.service.http;

import java.time.Duration;
import java.util.stream.Stream;
import org.eclipse.jetty.server.AbstractConnector;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** The actuator's HTTP server. It reads no bodies and bounds its connections. */
public final class BoundedServer implements WebServerFactoryCustomizer<JettyServletWebServerFactory> {

    private static final ConnectionLimits CONNECTIONS = new ConnectionLimits(1024, 512);

    /** Monitors keep connections between two questions, for at most a minute. */
    private static final Duration KEPT = Duration.ofSeconds(90);

    @Override
    public void customize(JettyServletWebServerFactory factory) {
        factory.addServerCustomizers(server -> {
            server.setHandler(new NoBodies(server.getHandler()));
            CONNECTIONS.apply(server);
            Stream.of(server.getConnectors())
                    .forEach(connector -> ((AbstractConnector) connector).setIdleTimeout(KEPT.toMillis()));
        });
    }
}

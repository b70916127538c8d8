package dev.pargo.gateway.http;

import dev.pargo.service.http.BoundedServer;
import org.springframework.context.annotation.Bean;

/**
 * The server of the management port, whose routes read no bodies. Part of the management context, which finds it through
 * its file of imports; no annotation, or the gateway's own context would take it too.
 */
class ManagementServer {

    @Bean
    BoundedServer boundedServer() {
        return new BoundedServer();
    }
}

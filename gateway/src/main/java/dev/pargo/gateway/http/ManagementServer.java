package dev.pargo.gateway.http;

import dev.pargo.service.http.BoundedServer;
import org.springframework.context.annotation.Bean;

/**
 * The server of the management port, whose routes read no bodies. It belongs to the management context, which finds it
 * by its file of imports. It has no annotation, because the gateway's own context would find it then too.
 */
class ManagementServer {

    @Bean
    BoundedServer boundedServer() {
        return new BoundedServer();
    }
}

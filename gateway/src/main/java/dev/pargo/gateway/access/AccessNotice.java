package dev.pargo.gateway.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says at start who may call the gateway, in one line. */
@Component
final class AccessNotice {

    private static final Logger log = LoggerFactory.getLogger(AccessNotice.class);

    private final AccessProperties properties;
    private final Keys keys;
    private final String address;

    AccessNotice(AccessProperties properties, Keys keys, @Value("${server.address}") String address) {
        this.properties = properties;
        this.keys = keys;
        this.address = address;
    }

    @EventListener(ApplicationReadyEvent.class)
    void say() {
        if (properties.keyed()) {
            log.info("Clients need an API key; there are {}", keys.size());
        } else {
            log.warn("No API key is configured: whoever reaches {} may use the gateway", address);
        }
    }
}

package dev.pargo.gateway.http;

import java.util.stream.Stream;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Presents a new certificate to new connections after its files have changed. Spring Boot does this only for Tomcat.
 */
@Component
@Profile("tls")
final class PublicCertificate implements WebServerFactoryCustomizer<JettyServletWebServerFactory> {

    private static final Logger log = LoggerFactory.getLogger(PublicCertificate.class);

    private static final String BUNDLE = "public";

    private final SslBundles bundles;

    PublicCertificate(SslBundles bundles) {
        this.bundles = bundles;
    }

    @Override
    public void customize(JettyServletWebServerFactory factory) {
        factory.addServerCustomizers(server -> Stream.of(server.getConnectors())
                .map(connector -> connector.getConnectionFactory(SslConnectionFactory.class))
                .forEach(ssl ->
                        bundles.addBundleUpdateHandler(BUNDLE, bundle -> reload(ssl.getSslContextFactory(), bundle))));
    }

    private static void reload(SslContextFactory.Server connections, SslBundle bundle) {
        try {
            connections.reload(context -> {
                context.setKeyStore(bundle.getStores().getKeyStore());
                context.setTrustStore(bundle.getStores().getTrustStore());
            });
            log.info("The certificate for clients has been read again");
        } catch (Exception e) {
            log.error("The new certificate for clients cannot be used, the old one stays: {}", e.getMessage());
        }
    }
}

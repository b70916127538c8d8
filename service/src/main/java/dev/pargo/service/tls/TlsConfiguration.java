package dev.pargo.service.tls;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

/**
 * With the profile {@code tls}, the SSL bundle {@code pargo} holds a service's certificate and is reloaded when its
 * files change. gRPC's servers and channels read a bundle's managers only once. They use the bundle {@code pargo-live},
 * whose managers look up the current version of {@code pargo} at every handshake.
 */
@AutoConfiguration(before = SslAutoConfiguration.class)
@Profile("tls")
class TlsConfiguration {

    private static final String RELOADED = "pargo";
    private static final String LIVE = "pargo-live";

    @Bean
    SslBundleRegistrar liveBundle(ObjectProvider<SslBundles> bundles) {
        LiveManagers managers = new LiveManagers(() -> bundles.getObject().getBundle(RELOADED));
        SslBundle live = SslBundle.of(
                SslStoreBundle.NONE, SslBundleKey.NONE, SslOptions.NONE, SslBundle.DEFAULT_PROTOCOL, managers);
        return registry -> registry.registerBundle(LIVE, live);
    }
}

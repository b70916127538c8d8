package dev.pargo.service.tls;

import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** The managers of a bundle's current version, created once for each version. Thread-safe. */
final class CurrentManagers {

    private record Version(SslBundle bundle, X509ExtendedKeyManager key, X509ExtendedTrustManager trust) {}

    private final Supplier<SslBundle> bundles;
    private volatile @Nullable Version version;

    CurrentManagers(Supplier<SslBundle> bundles) {
        this.bundles = bundles;
    }

    X509ExtendedKeyManager key() {
        return version().key;
    }

    X509ExtendedTrustManager trust() {
        return version().trust;
    }

    private Version version() {
        SslBundle bundle = bundles.get();
        Version known = version;
        if (known != null && known.bundle == bundle) {
            return known;
        }
        Version next = new Version(
                bundle,
                only(X509ExtendedKeyManager.class, bundle.getManagers().getKeyManagers()),
                only(X509ExtendedTrustManager.class, bundle.getManagers().getTrustManagers()));
        version = next;
        return next;
    }

    private static <T> T only(Class<T> type, Object[] managers) {
        return Arrays.stream(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the bundle has no " + type.getSimpleName()));
    }
}

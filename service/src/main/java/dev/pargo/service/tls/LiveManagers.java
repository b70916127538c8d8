package dev.pargo.service.tls;

import java.security.KeyStore;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;

/** Managers that delegate to those of a bundle's current version. Thread-safe. */
final class LiveManagers implements SslManagerBundle {

    private final KeyManager key;
    private final TrustManager trust;

    LiveManagers(Supplier<SslBundle> bundle) {
        CurrentManagers current = new CurrentManagers(bundle);
        this.key = new LiveKey(current);
        this.trust = new LiveTrust(current);
    }

    @Override
    public KeyManagerFactory getKeyManagerFactory() {
        return new KeyManagerFactory(new Keys(), null, "live") {};
    }

    @Override
    public TrustManagerFactory getTrustManagerFactory() {
        return new TrustManagerFactory(new Trust(), null, "live") {};
    }

    private final class Keys extends KeyManagerFactorySpi {

        @Override
        protected void engineInit(KeyStore store, char[] password) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {key};
        }
    }

    private final class Trust extends TrustManagerFactorySpi {

        @Override
        protected void engineInit(KeyStore store) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected TrustManager[] engineGetTrustManagers() {
            return new TrustManager[] {trust};
        }
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names by which a gateway without keys may be called. */
class HostTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start("--PARGO_ALLOWED_HOSTS=models.example.org,pargo");

    private static final RunningGateway gateway = running.gateway;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "a.localhost",
                "127.0.0.1:8080",
                "192.168.1.7",
                "[::1]:8080",
                "Models.example.org",
                "pargo:80"
            })
    void knownNamesAndAddressesAreServed(String host) throws Exception {
        assertThat(status("/v1/models", host)).contains(" 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example.org",
                "evil.example.org:8080",
                "localhost.evil.org",
                "127.0.0.1.evil.org",
                "notlocalhost"
            })
    void otherNamesAreRefused(String host) throws Exception {
        assertThat(status("/v1/models", host)).contains(" 403 ");
        assertThat(status("/", host)).contains(" 403 ");
        assertThat(status("/health", host)).contains(" 200 ");
    }

    private static String status(String path, String host) throws Exception {
        try (RawHttp connection = new RawHttp(gateway.port)) {
            connection.send("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
            return connection.answer();
        }
    }
}

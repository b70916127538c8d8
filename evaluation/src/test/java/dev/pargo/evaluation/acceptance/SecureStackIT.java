package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.stack.StackPorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four services that authenticate each other with certificates of one authority. */
class SecureStackIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<ServiceKind, ServiceProcess> services = new EnumMap<>(ServiceKind.class);

    @TempDir
    private Path directory;

    private Authority authority;
    private StackPorts ports;

    @BeforeEach
    void start() throws Exception {
        authority = new Authority(directory.resolve("authority"));
        ports = StackPorts.free();
        for (ServiceKind kind : ServiceKind.values()) {
            authority.issue(name(kind));
            start(kind, authority);
        }
        for (ServiceProcess service : services.values()) {
            service.awaitReady();
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (ServiceProcess service : services.values()) {
            service.kill();
        }
    }

    @Test
    void answersReadsNewCertificatesAndRefusesForeignOnes() throws Exception {
        assertThat(ask()).isEqualTo(200);

        List<ServiceKind> renewed = List.of(ServiceKind.GATEWAY, ServiceKind.ENCODER);
        for (ServiceKind kind : renewed) {
            assertThat(shown(kind)).isEqualTo(authority.certificate(name(kind)));
            authority.issue(name(kind));
        }
        for (ServiceKind kind : renewed) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(kind)).isEqualTo(authority.certificate(name(kind))));
        }
        assertThat(ask()).isEqualTo(200);

        services.get(ServiceKind.LLM).kill();
        Authority foreign = new Authority(directory.resolve("foreign"));
        foreign.issue(name(ServiceKind.LLM));
        start(ServiceKind.LLM, foreign).awaitReady();

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(services.get(ServiceKind.GATEWAY).log())
                                .contains("the LLM cannot be trusted, or does not trust this gateway")
                                .doesNotContain("\tat "));
        assertThat(ask()).isEqualTo(503);
    }

    private ServiceProcess start(ServiceKind kind, Authority issuer) throws Exception {
        Map<String, String> settings = new HashMap<>(issuer.settings(name(kind)));
        settings.put("PARGO_MODEL", Repository.file("bundle/pargo-mini").toString());
        ServiceProcess service = ServiceProcess.start(kind, ports, settings);
        services.put(kind, service);
        return service;
    }

    private int ask() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(authority.client())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        URI uri = URI.create("https://127.0.0.1:%d/v1/chat/completions".formatted(ports.work(ServiceKind.GATEWAY)));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"model": "pargo-mini", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}"""))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** The certificate that a new connection sees. */
    private Certificate shown(ServiceKind kind) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) authority.client().getSocketFactory().createSocket("127.0.0.1", ports.work(kind))) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String name(ServiceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}

package dev.pargo.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ClientConnector;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An internet of one real HTTPS server on this machine. Names have the addresses that a test gives them, and every public
 * address leads to the server; a connection to any other address fails the test. The gateway's own resolver, checks, HTTP
 * client and TLS are in between.
 */
public final class FakeInternet
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, AutoCloseable {

    public static final String ADDRESS = "93.184.216.34";

    /** Results of the lookups of a name, one after the other. The last result stays. */
    private final Map<String, Queue<List<String>>> names = new ConcurrentHashMap<>();

    /** Names that have been looked up. */
    public final BlockingQueue<String> lookUps = new LinkedBlockingQueue<>();

    /** Addresses that were connected to. */
    public final BlockingQueue<String> dialled = new LinkedBlockingQueue<>();

    /** Headers of the received requests, one line each. */
    public final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    private final Path certificate;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** @param hosts names in the server's certificate */
    public FakeInternet(Path folder, String... hosts) throws Exception {
        Path store = folder.resolve("internet.p12");
        keytool(store, hosts);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(store.toFile())) {
            keys.load(in, "secret".toCharArray());
        }
        certificate = Files.writeString(
                folder.resolve("internet.pem"),
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                        .formatted(Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("server").getEncoded())));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "secret".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(threads);
        server.start();
        for (String host : hosts) {
            name(host, ADDRESS);
        }
    }

    /** Settings of a gateway that trusts the server. */
    public String[] settings() {
        return new String[] {
            "--pargo.fetch.ssl-bundle=internet",
            "--spring.ssl.bundle.pem.internet.truststore.certificate=file:" + certificate
        };
    }

    /** Gives a name addresses. */
    public void name(String host, String... addresses) {
        names.put(host, new ConcurrentLinkedQueue<>(List.of(List.of(addresses))));
    }

    /** Changes the addresses of a name for the next lookups. */
    public void rename(String host, String... addresses) {
        names.get(host).add(List.of(addresses));
    }

    /** Serves a path. */
    public void serve(String path, Page page) {
        server.createContext(path, exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Host"));
            try (exchange) {
                page.answer(exchange);
            }
        });
    }

    /** Serves a whole file. */
    public void serve(String path, String type, byte[] file) {
        serve(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
        });
    }

    /** Serves a redirect. */
    public void redirect(String path, int status, String location) {
        serve(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(status, -1);
        });
    }

    public void reset() {
        lookUps.clear();
        dialled.clear();
        requests.clear();
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Names lookUp = this::lookUp;
        context.getBeanFactory().registerSingleton("names", lookUp);
        context.getBeanFactory().registerSingleton("connector", new Connector());
    }

    private InetAddress[] lookUp(String host) throws UnknownHostException {
        lookUps.add(host);
        Queue<List<String>> answers = names.get(host);
        if (answers == null) {
            // An address is its own result.
            if (host.matches("[0-9.]+|\\[.*]|.*:.*")) {
                return InetAddress.getAllByName(host);
            }
            throw new UnknownHostException(host);
        }
        List<String> addresses = answers.size() > 1 ? answers.remove() : answers.element();
        return Stream.of(addresses.toArray(String[]::new))
                .map(address -> {
                    try {
                        return InetAddress.getByName(address);
                    } catch (UnknownHostException malformed) {
                        throw new IllegalArgumentException(malformed);
                    }
                })
                .toArray(InetAddress[]::new);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void keytool(Path store, String... hosts) throws Exception {
        String alternatives =
                String.join(",", Stream.of(hosts).map(host -> "dns:" + host).toArray(String[]::new));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=server",
                        "-ext",
                        "san=" + alternatives,
                        "-ext",
                        "bc:c",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "secret")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** The content of a path. */
    public interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** Leads all addresses to the server. */
    private final class Connector extends ClientConnector {

        @Override
        public void connect(SocketAddress address, Map<String, Object> context) {
            InetSocketAddress asked = (InetSocketAddress) address;
            dialled.add(asked.getAddress().getHostAddress());
            super.connect(local(asked.getHostString()), context);
        }

        private InetSocketAddress local(String host) {
            try {
                byte[] loopback = InetAddress.getLoopbackAddress().getAddress();
                return new InetSocketAddress(
                        InetAddress.getByAddress(host, loopback),
                        server.getAddress().getPort());
            } catch (UnknownHostException malformed) {
                throw new IllegalArgumentException(malformed);
            }
        }
    }
}

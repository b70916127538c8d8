package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority made with the JDK's keytool, and the files in PEM that it gives to services. */
final class Authority {

    private static final String PASSWORD = "secret";

    private final Path directory;
    private final Path store;

    Authority(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("store.p12");
        keytool("-alias", "authority", "-dname", "CN=Authority", "-ext", "bc:c");
        write(
                directory.resolve("authority.pem"),
                "CERTIFICATE",
                certificate("authority").getEncoded());
    }

    /** Creates a certificate for this machine, or replaces the old one. */
    void issue(String name) throws Exception {
        if (Files.exists(directory.resolve(name + ".pem"))) {
            run("-delete", "-alias", name);
        }
        keytool(
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-signer",
                "authority",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1");
        byte[] key = load().getKey(name, PASSWORD.toCharArray()).getEncoded();
        write(directory.resolve(name + "-key.pem"), "PRIVATE KEY", key);
        write(directory.resolve(name + ".pem"), "CERTIFICATE", certificate(name).getEncoded());
    }

    /** The settings of a service that presents a certificate. */
    Map<String, String> settings(String name) {
        return Map.of(
                "SPRING_PROFILES_ACTIVE", "tls",
                "PARGO_TLS_QUIET_PERIOD", "100ms",
                "PARGO_TLS_AUTHORITY", directory.resolve("authority.pem").toString(),
                "PARGO_TLS_CERTIFICATE", directory.resolve(name + ".pem").toString(),
                "PARGO_TLS_KEY", directory.resolve(name + "-key.pem").toString());
    }

    Certificate certificate(String name) throws Exception {
        return load().getCertificate(name);
    }

    /** The SSL context of a client that trusts this authority and presents its certificates. */
    SSLContext client() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(), PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificate("authority"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore load() throws Exception {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private void keytool(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1"));
        arguments.addAll(List.of(options));
        run(arguments.toArray(String[]::new));
    }

    private void run(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // The optimising compiler does not pay in so short a program.
        command.add("-J-XX:TieredStopAtLevel=1");
        command.addAll(List.of(options));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** Replaces a file atomically. */
    private static void write(Path file, String type, byte[] content) throws Exception {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Path written = Files.writeString(
                file.resolveSibling(file.getFileName() + ".new"),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, base64, type));
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    }
}

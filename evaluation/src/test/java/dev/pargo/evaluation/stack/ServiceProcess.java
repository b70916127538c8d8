package dev.pargo.evaluation.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** One service as a process. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Path LOGS = Repository.file("evaluation/target/stack-logs");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ServiceKind kind;
    private final URI management;
    private final Path log;
    private final Process process;

    private ServiceProcess(ServiceKind kind, URI management, Path log, Process process) {
        this.kind = kind;
        this.management = management;
        this.log = log;
        this.process = process;
    }

    /** Starts a service with the options and the environment that the launcher gives it. */
    static ServiceProcess start(ServiceKind kind, StackPorts ports, Map<String, String> settings) throws IOException {
        assertThat(kind.jar()).as("a built service: ./mvnw -DskipTests package").exists();
        Files.createDirectories(LOGS);
        Path log = Files.createTempFile(LOGS, kind.label() + "-", ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@deploy/jvm.options",
                        "-jar",
                        kind.jar().toString())
                .directory(Repository.file("").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        // What the developer has set for a stack of his own is not for this one.
        environment.keySet().removeIf(name -> name.startsWith("PARGO_"));
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.putIfAbsent(
                "DJL_CACHE_DIR", Repository.file(".pargo/native").toString());
        environment.putAll(ports.environment());
        environment.putAll(settings);
        URI management = URI.create("http://127.0.0.1:%d/actuator/".formatted(ports.management(kind)));
        return new ServiceProcess(kind, management, log, builder.start());
    }

    /** Waits until the service is ready for work. */
    void awaitReady() {
        await().alias(kind + " is ready, see " + log)
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    assertThat(process.isAlive())
                            .as("%s runs; its log: %s", kind, log())
                            .isTrue();
                    return isReady();
                });
    }

    /** Whether the service says that it is ready. */
    public boolean isReady() {
        try {
            return get("health/readiness").statusCode() == 200;
        } catch (IOException notThereYet) {
            return false;
        }
    }

    /**
     * The value of a meter.
     *
     * @param query name of the meter and tags, such as {@code pargo.stage.requests?tag=outcome:cancelled}
     * @return the first measurement; 0 if nothing has been measured
     */
    public double metric(String query) throws IOException {
        HttpResponse<String> response = get("metrics/" + query);
        return response.statusCode() == 404
                ? 0
                : JsonMapper.shared()
                        .readTree(response.body())
                        .at("/measurements/0/value")
                        .asDouble();
    }

    /** What the service has logged. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends the process as a power cut would. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Ends the process as its operator would, and waits for its end. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            kill();
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(management.resolve(path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

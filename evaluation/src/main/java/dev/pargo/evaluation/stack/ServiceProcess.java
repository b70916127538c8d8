package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;

/** One service as a process. It ends when the process that started it ends. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(180);
    /** Longer than a service takes to drain. */
    private static final Duration STOP = Duration.ofSeconds(45);

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
    public static ServiceProcess start(ServiceKind kind, StackPorts ports, Map<String, String> settings)
            throws IOException {
        return start(kind, ports, settings, List.of());
    }

    /**
     * Starts a service.
     *
     * @param settings environment variables, besides those that name the ports
     * @param options  more options of its JVM; they override the launcher's
     */
    public static ServiceProcess start(
            ServiceKind kind, StackPorts ports, Map<String, String> settings, List<String> options) throws IOException {
        if (!Files.exists(kind.jar())) {
            throw new IOException(kind.jar() + " is not built: ./mvnw -DskipTests package");
        }
        Files.createDirectories(LOGS);
        Path log = Files.createTempFile(LOGS, kind.label() + "-", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@deploy/jvm.options");
        command.addAll(StartArchive.options(kind));
        command.addAll(options);
        command.addAll(List.of("-jar", kind.jar().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Repository.file("").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        // Settings of the developer's own stack must not affect this one.
        environment.keySet().removeIf(name -> name.startsWith("PARGO_"));
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.putIfAbsent(
                "DJL_CACHE_DIR", Repository.file(".pargo/native").toString());
        environment.putAll(ports.environment());
        environment.putAll(settings);
        URI management = URI.create("http://127.0.0.1:%d/actuator/".formatted(ports.management(kind)));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new ServiceProcess(kind, management, log, process);
    }

    /**
     * Waits until the service is ready for work.
     *
     * @throws IOException if it ends first, or takes too long
     */
    public void awaitReady() throws IOException {
        await("is ready", this::isReady);
    }

    /**
     * Waits for the process to end by itself.
     *
     * @return its exit code
     * @throws IOException if it still runs after the time allowed for a start
     */
    public int awaitExit() throws IOException, InterruptedException {
        if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("%s still runs, see %s".formatted(kind, log));
        }
        return process.exitValue();
    }

    /** Whether the service reports that it is ready. */
    public boolean isReady() {
        try {
            return get("health/readiness").statusCode() == 200;
        } catch (IOException notThereYet) {
            return false;
        }
    }

    /** Waits until the service answers HTTP requests, ready or not. */
    public void awaitAnswer() throws IOException {
        await("answers", this::answers);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public ServiceKind kind() {
        return kind;
    }

    /**
     * The value of a meter.
     *
     * @param query name of the meter and tags, such as {@code pargo.stage.requests?tag=outcome:cancelled}
     * @return the first measurement; 0 if nothing has been measured
     */
    public double metric(String query) throws IOException {
        return findMetric(query).orElse(0);
    }

    /** The first measurement of a meter; empty if there is no such meter. */
    public OptionalDouble findMetric(String query) throws IOException {
        HttpResponse<String> response = get("metrics/" + query);
        return response.statusCode() == 404
                ? OptionalDouble.empty()
                : OptionalDouble.of(JsonMapper.shared()
                        .readTree(response.body())
                        .at("/measurements/0/value")
                        .asDouble());
    }

    /** All meters in Prometheus's text format. */
    public String prometheus() throws IOException {
        return get("prometheus").body();
    }

    /** Resident memory in bytes; 0 if the process has ended. */
    public long residentBytes() throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(process.pid())).start();
        String kibibytes = new String(ps.getInputStream().readAllBytes()).strip();
        return kibibytes.isEmpty() ? 0 : 1024 * Long.parseLong(kibibytes);
    }

    /** Processor time that the service has used so far. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The service's log. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Kills the process (SIGKILL). */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Suspends the process (SIGSTOP): its connections stay open, and nothing answers. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** Resumes a suspended process (SIGCONT). */
    public void thaw() throws IOException {
        signal("CONT");
    }

    /** Stops the process (SIGTERM) and waits until it has ended. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
    }

    private boolean answers() {
        try {
            return get("health/liveness").statusCode() == 200;
        } catch (IOException notThereYet) {
            return false;
        }
    }

    private void await(String state, BooleanSupplier reached) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!reached.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IOException("the %s did not start, see %s".formatted(kind.label(), log));
            }
            if (System.nanoTime() > end) {
                throw new IOException(
                        "no %s that %s within %d s, see %s".formatted(kind.label(), state, START.toSeconds(), log));
            }
            pause();
        }
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (kill.onExit().join().exitValue() != 0) {
            throw new IOException("%s cannot get SIG%s".formatted(kind, name));
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

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

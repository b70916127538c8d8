package dev.pargo.evaluation.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real vLLM server. The environment variable {@code PARGO_TEST_VLLM} names its command and options, such as {@code
 * /opt/vllm/bin/vllm --enforce-eager}; {@code serve}, the model's directory and the options that the tests need are
 * added. vLLM's own variables are passed on.
 */
public final class RunningVllm implements AutoCloseable {

    private static final String COMMAND = "PARGO_TEST_VLLM";
    private static final Duration START = Duration.ofMinutes(5);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path model;
    private final int port;
    private final Path log;
    private @Nullable Process process;

    private RunningVllm(Path model, int port, Path log) {
        this.model = model;
        this.port = port;
        this.log = log;
    }

    /** Skips the test, with the reason, where no vLLM is named. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                System.getenv(COMMAND) != null, "no vLLM: %s does not say how it is started".formatted(COMMAND));
    }

    /**
     * Writes the LLM of a bundle as a directory of its own, and serves it in float32.
     *
     * @param directory an empty one
     */
    public static RunningVllm serve(Path bundle, Path directory) throws IOException, InterruptedException {
        Path model = directory.resolve("llm");
        Launcher.Outcome written =
                new Launcher(Map.of(), directory).run("export-llm", bundle.toString(), model.toString());
        assertThat(written.status()).as(written.err()).isZero();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RunningVllm vllm = new RunningVllm(model, port, directory.resolve("vllm.log"));
        try {
            vllm.start();
        } catch (Throwable failure) {
            vllm.close();
            throw failure;
        }
        return vllm;
    }

    /** Starts it, again after {@link #kill}, and waits until it answers. */
    public void start() throws IOException, InterruptedException {
        List<String> named = List.of(System.getenv(COMMAND).split(" +"));
        List<String> command = new ArrayList<>(List.of(named.get(0), "serve", model.toString()));
        command.addAll(named.subList(1, named.size()));
        command.addAll(List.of("--host", "127.0.0.1", "--port", String.valueOf(port)));
        command.addAll(List.of("--enable-prompt-embeds", "--dtype", "float32", "--served-model-name", "llm"));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        long limit = System.nanoTime() + START.toNanos();
        while (!isHealthy()) {
            if (!started.isAlive() || System.nanoTime() > limit) {
                throw new IOException("vLLM did not start: " + lastLines());
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private boolean isHealthy() throws InterruptedException {
        try {
            return get("/health").statusCode() == 200;
        } catch (IOException notThereYet) {
            return false;
        }
    }

    /** The sum of one of its metrics. */
    public double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(2))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Kills it and the processes that it has started (SIGKILL). */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            List<ProcessHandle> others = running.descendants().toList();
            running.destroyForcibly();
            others.forEach(ProcessHandle::destroyForcibly);
            running.waitFor();
        }
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

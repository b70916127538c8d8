package dev.pargo.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.pargo.gateway.loopback.LoopbackStages;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The real gateway on free ports, in front of loopback stages. */
final class RunningGateway implements AutoCloseable {

    final int port;

    private final ConfigurableApplicationContext context;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningGateway(ConfigurableApplicationContext context) {
        this.context = context;
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Starts a gateway and waits until it is ready. */
    static RunningGateway start(LoopbackStages stages, String... arguments) {
        RunningGateway gateway = startUnready(stages, arguments);
        gateway.awaitReadiness(200);
        return gateway;
    }

    /** @param more prepares the gateway's context */
    static RunningGateway start(
            LoopbackStages stages,
            ApplicationContextInitializer<ConfigurableApplicationContext> more,
            String... arguments) {
        RunningGateway gateway = new RunningGateway(builder()
                .initializers(more)
                .run(all(Stream.of(stages.targets(), arguments)
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new))));
        gateway.awaitReadiness(200);
        return gateway;
    }

    static RunningGateway startUnready(LoopbackStages stages, String... arguments) {
        return startUnready(
                Stream.of(stages.targets(), arguments).flatMap(Arrays::stream).toArray(String[]::new));
    }

    /** @param arguments command-line arguments, including the stages' targets */
    static RunningGateway startUnready(String... arguments) {
        return new RunningGateway(builder().run(all(arguments)));
    }

    private static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(GatewayApplication.class)
                .properties(
                        "pargo.replicas.describe-every=300ms",
                        "pargo.replicas.check-every=100ms",
                        "pargo.replicas.patience=300ms");
    }

    private static String[] all(String... arguments) {
        String[] standard = {"--server.port=0", "--management.server.port=0", "--PARGO_HEALTH_DETAILS=always"};
        return Stream.of(standard, arguments).flatMap(Arrays::stream).toArray(String[]::new);
    }

    void awaitReadiness(int status) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> readiness().statusCode() == status);
    }

    HttpResponse<String> readiness() throws IOException, InterruptedException {
        return actuator("health/readiness");
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    HttpResponse<String> actuator(String path) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/actuator/%s".formatted(managementPort(), path)))
                        .build());
    }

    int managementPort() {
        return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
    }

    HttpResponse<String> chat(String body) throws IOException, InterruptedException {
        return send(chatRequest(body).build());
    }

    /** OpenAI's own client; to be closed. */
    OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder()
                .baseUrl(uri("/v1").toString())
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    HttpRequest.Builder chatRequest(String body) {
        return request("/v1/chat/completions", body);
    }

    HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path, body).build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The answer's lines as they come. */
    Stream<String> chatLines(String body) throws IOException, InterruptedException {
        return lines("/v1/chat/completions", body);
    }

    /**
     * The answer's lines as they come, up to the last one that has arrived when the connection breaks. {@link HttpClient}
     * loses some of them.
     */
    Stream<String> lines(String path, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri(path).toURL().openConnection();
        connection.setRequestProperty("content-type", "application/json");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(UTF_8));
        return new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))
                .lines()
                .onClose(connection::disconnect);
    }

    /** Cancelling the answer closes the connection. */
    CompletableFuture<HttpResponse<String>> chatAsync(String body) {
        return client.sendAsync(chatRequest(body).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The paths of all controllers of the public port. */
    List<String> routes() {
        return context
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .entrySet()
                .stream()
                .filter(route -> route.getValue().getBeanType().getName().startsWith("dev.pargo"))
                .flatMap(route -> route.getKey().getPatternValues().stream())
                .sorted()
                .toList();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** How many chat requests have ended in a way. */
    long ended(String outcome) {
        return context
                .getBean(MeterRegistry.class)
                .find("gen_ai.server.request.duration")
                .tag("error.type", outcome.equals("ok") ? "" : outcome)
                .timers()
                .stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** Number of images whose tokens were cached, computed for another request, or computed for this one. */
    int images(String result) {
        return (int) context.getBean(MeterRegistry.class)
                .get("pargo.gateway.visual.cache")
                .tag("result", result)
                .counter()
                .count();
    }

    /** Number of chat requests in progress. */
    double active() {
        return gauge("pargo.gateway.active");
    }

    double gauge(String name) {
        return context.getBean(MeterRegistry.class).get(name).gauge().value();
    }

    /** Names of all beans of the gateway. */
    List<String> beans() {
        return List.of(context.getBeanDefinitionNames());
    }

    @Override
    public void close() {
        context.close();
    }
}

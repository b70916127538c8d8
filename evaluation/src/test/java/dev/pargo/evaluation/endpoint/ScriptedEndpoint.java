package dev.pargo.evaluation.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Serves models over real HTTP ({@code scripted} by default) and records all requests. */
public final class ScriptedEndpoint implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Function<JsonNode, AnswerScript> scripts;
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();

    /**
     * @param scripts decides on the answer to a request's body
     */
    public ScriptedEndpoint(Function<JsonNode, AnswerScript> scripts, String... models) throws IOException {
        this.scripts = scripts;
        String list = Stream.of(models.length == 0 ? new String[] {"scripted"} : models)
                .map("{\"id\":\"%s\"}"::formatted)
                .collect(Collectors.joining(",", "{\"data\":[", "]}"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/models", exchange -> reply(exchange, 200, list));
        server.createContext("/v1/chat/completions", this::complete);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Bodies of all requests, in the order of their arrival. */
    public List<JsonNode> requests() {
        return List.copyOf(requests);
    }

    /** Largest number of requests that were in progress at the same time. */
    public int mostUnderWay() {
        return mostUnderWay.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void complete(HttpExchange exchange) throws IOException {
        JsonNode request =
                JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
        requests.add(request);
        AnswerScript script = scripts.apply(request);
        boolean streamed = script.status() == 200 && request.path("stream").asBoolean(false);
        try {
            work(exchange, request, script, streamed);
            if (!streamed) {
                answer(exchange, request, script);
            }
        } finally {
            exchange.close();
        }
    }

    /** It ends before the answer's last byte, because a client may send its next request as soon as it has that. */
    private void work(HttpExchange exchange, JsonNode request, AnswerScript script, boolean streamed)
            throws IOException {
        mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try {
            if (streamed) {
                stream(exchange, request, script);
            } else {
                pause(script.firstTokenMs());
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    private static void answer(HttpExchange exchange, JsonNode request, AnswerScript script) throws IOException {
        if (script.status() != 200) {
            exchange.getResponseHeaders().add("Retry-After", "0");
            reply(exchange, script.status(), "{\"error\":{\"message\":\"scripted refusal\"}}");
            return;
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("choices")
                .addObject()
                .putObject("message")
                .put("role", "assistant")
                .put("content", String.join("", script.pieces()));
        reply(exchange, 200, body.set("usage", usage(request, script)).toString());
    }

    private static void stream(HttpExchange exchange, JsonNode request, AnswerScript script) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(out, "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
        pause(script.firstTokenMs());
        for (int i = 0; i < script.pieces().size(); i++) {
            pause(i == 0 ? 0 : script.perTokenMs());
            ObjectNode chunk = JsonNodeFactory.instance.objectNode();
            chunk.putArray("choices")
                    .addObject()
                    .putObject("delta")
                    .put("content", script.pieces().get(i));
            event(out, chunk.toString());
        }
        ObjectNode last = JsonNodeFactory.instance.objectNode();
        last.putArray("choices");
        event(out, last.set("usage", usage(request, script)).toString());
        event(out, "[DONE]");
    }

    /** The question of a request, with or without a picture. */
    public static String question(JsonNode request) {
        JsonNode content = request.at("/messages/0/content");
        return content.isString() ? content.asString() : content.at("/1/text").asString();
    }

    /** Counts ten tokens of a template and two for a word. */
    private static ObjectNode usage(JsonNode request, AnswerScript script) {
        String text = request.at("/messages/0/content").asString("");
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", 10 + 2 * text.split(" ").length)
                .put("completion_tokens", script.pieces().size());
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write("data: %s\n\n".formatted(data).getBytes(UTF_8));
        out.flush();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.getBytes(UTF_8).length);
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
    }
}

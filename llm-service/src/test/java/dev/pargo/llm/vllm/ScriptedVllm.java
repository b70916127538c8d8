package dev.pargo.llm.vllm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on loopback that speaks as vLLM 0.32 does, with answers that a test has written. The events are those that a real one
 * sent to the same requests.
 */
public final class ScriptedVllm implements AutoCloseable {

    public static final String MODEL = "mini";

    /** How a request is answered. Runs on a thread of its own. */
    public interface Script {

        void answer(Answer answer) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();

    /** The requests for answers, without those that check the server at the start. */
    public final BlockingQueue<JsonNode> requests = new LinkedBlockingQueue<>();

    public volatile boolean healthy = true;

    /** Does not answer questions for its health, as a process that hangs. */
    public volatile boolean silent;

    public volatile int context = 512;
    public volatile String metrics = "";

    /** What the next token of an embedded prompt has for a log probability; that of its ids is -1. */
    public volatile double embeddedLogprob = -1;

    public ScriptedVllm() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/health", exchange -> {
            if (!silent) {
                reply(exchange, healthy ? 200 : 503, "");
            }
        });
        server.createContext("/version", exchange -> reply(exchange, 200, "{\"version\":\"0.32.0\"}"));
        server.createContext("/metrics", exchange -> reply(exchange, 200, metrics));
        server.createContext("/v1/models", exchange -> reply(exchange, 200, """
                        {"object":"list","data":[{"id":"mini","object":"model","owned_by":"vllm","parent":null,\
                        "max_model_len":%d}]}""".formatted(context)));
        server.createContext("/v1/completions", this::complete);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers the next request so. */
    public void next(Script script) {
        scripts.add(script);
    }

    /** Forgets requests and answers that were left. */
    public void clear() {
        scripts.clear();
        requests.clear();
    }

    /** The next request that was sent. */
    public JsonNode request() throws InterruptedException {
        JsonNode request = requests.poll(10, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came");
        }
        return request;
    }

    private void complete(HttpExchange exchange) throws IOException {
        JsonNode request =
                JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
        if (!request.path("stream").asBoolean(false)) {
            double logprob = request.has("prompt_embeds") ? embeddedLogprob : -1;
            reply(exchange, 200, "{\"choices\":[{\"logprobs\":{\"token_logprobs\":[%s]}}]}".formatted(logprob));
            return;
        }
        requests.add(request);
        @Nullable Script script = scripts.poll();
        try {
            if (script == null) {
                reply(exchange, 500, "{\"error\":{\"message\":\"no script\",\"code\":500}}");
            } else {
                script.answer(new Answer(exchange));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Ends all connections, as a process that is killed. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** One answer, event by event. */
    public static final class Answer {

        private final HttpExchange exchange;
        private @Nullable OutputStream body;

        private Answer(HttpExchange exchange) {
            this.exchange = exchange;
        }

        /** Tokens one by one, and the end. */
        public void all(String finishReason, List<Integer> ids) throws IOException {
            for (int i = 0; i < ids.size(); i++) {
                tokens(i == ids.size() - 1 ? finishReason : null, ids.get(i));
            }
            done();
        }

        public void tokens(@Nullable String finishReason, int... ids) throws IOException {
            event("""
                    {"id":"cmpl-1","object":"text_completion","created":1795800340,"model":"mini","choices":[{"index":0,\
                    "text":"?","logprobs":null,"finish_reason":%s,"stop_reason":null,"prompt_token_ids":null,\
                    "token_ids":[%s]}]}""".formatted(
                            finishReason == null ? null : "\"" + finishReason + "\"",
                            Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(","))));
        }

        /** The event with the usage, and the last one. */
        public void done() throws IOException {
            event("""
                    {"id":"cmpl-1","object":"text_completion","created":1795800340,"model":"mini","choices":[],\
                    "usage":{"prompt_tokens":5,"total_tokens":10,"completion_tokens":5,\
                    "prompt_tokens_details":{"cached_tokens":64}},"system_fingerprint":"vllm-0.32.0-4f199ee3"}""");
            event("[DONE]");
        }

        public void event(String data) throws IOException {
            raw("data: " + data + "\n\n");
        }

        public void raw(String text) throws IOException {
            OutputStream out = body;
            if (out == null) {
                exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
                exchange.sendResponseHeaders(200, 0);
                out = exchange.getResponseBody();
                body = out;
            }
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        public void refuse(int status, String json) throws IOException {
            reply(exchange, status, json);
        }

        /** Writes a token again and again until the client has closed the connection. */
        public void untilClosed(int id, CountDownLatch closed) throws InterruptedException {
            try {
                while (true) {
                    tokens(null, id);
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (IOException gone) {
                closed.countDown();
            }
        }
    }
}

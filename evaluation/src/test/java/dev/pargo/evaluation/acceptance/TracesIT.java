package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.acceptance.TraceStore.Received;
import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Four services that send their traces to a trace store and write their logs as JSON. */
class TracesIT {

    private static final String CLIENT = "00f067aa0ba902b7";
    private static final String CHAT = "POST /v1/chat/completions";
    private static final String ENCODE = "pargo.v1.Encoder/Encode";
    private static final String PROJECT = "pargo.v1.Projector/Project";
    private static final String GENERATE = "pargo.v1.Llm/Generate";

    private static TraceStore store;
    private static RunningStack stack;
    private static GatewayClient gateway;

    private final String trace =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE))
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));

    @BeforeAll
    static void start() throws IOException {
        store = new TraceStore();
        stack = RunningStack.start(
                Bundles.PARGO_MINI,
                Map.of(
                        "PARGO_TRACES_ENDPOINT", store.endpoint(),
                        "OTEL_BSP_SCHEDULE_DELAY", "100",
                        "PARGO_LOG_FORMAT", "ecs",
                        "LOGGING_LEVEL_DEV_PARGO", "debug"));
        gateway = new GatewayClient(stack.url());
    }

    @AfterAll
    static void stop() {
        stack.close();
        store.close();
    }

    @Test
    void oneTraceLeadsThroughAllStages() throws Exception {
        assertThat(ask(Chat.of(KnownAnswer.all().get(0))).status()).isEqualTo(200);

        List<Received> spans = awaitSpans(15);
        assertThat(tree(spans))
                .containsExactlyInAnyOrder(
                        "pargo-gateway: POST /v1/chat/completions <- the client",
                        "pargo-gateway: pargo.v1.Encoder/Encode <- POST /v1/chat/completions",
                        "encoder-service: pargo.v1.Encoder/Encode <- pargo.v1.Encoder/Encode",
                        "encoder-service: decode picture <- pargo.v1.Encoder/Encode",
                        "encoder-service: queue <- pargo.v1.Encoder/Encode",
                        "encoder-service: encode <- pargo.v1.Encoder/Encode",
                        "pargo-gateway: pargo.v1.Projector/Project <- POST /v1/chat/completions",
                        "projector-service: pargo.v1.Projector/Project <- pargo.v1.Projector/Project",
                        "projector-service: queue <- pargo.v1.Projector/Project",
                        "projector-service: project <- pargo.v1.Projector/Project",
                        "pargo-gateway: pargo.v1.Llm/Generate <- POST /v1/chat/completions",
                        "llm-service: pargo.v1.Llm/Generate <- pargo.v1.Llm/Generate",
                        "llm-service: queue <- pargo.v1.Llm/Generate",
                        "llm-service: prefill <- pargo.v1.Llm/Generate",
                        "llm-service: decode <- pargo.v1.Llm/Generate");
        assertThat(spans).noneMatch(Received::isError);
        assertPhasesLieWithinTheirCalls(spans);
        assertThat(find(spans, "pargo-gateway", CHAT).attribute("gen_ai.request.model"))
                .isEqualTo("pargo-mini");
    }

    @Test
    void aCancelledRequestEndsItsSpans() throws Exception {
        ObjectNode endless = Chat.of(KnownAnswer.all().get(0))
                .put("stream", true)
                .put("ignore_eos", true)
                .put("max_tokens", 1000);
        try (InputStream events =
                send(endless, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            assertThat(new String(events.readNBytes(2000))).contains("data: ");
        }

        List<Received> spans = awaitSpans(15);
        assertThat(spans)
                .filteredOn(Received::isError)
                .allMatch(span -> span.attribute("error.type").toLowerCase().equals("cancelled"));
        assertThat(tree(spans.stream().filter(Received::isError).toList(), spans))
                .containsExactlyInAnyOrder(
                        "pargo-gateway: POST /v1/chat/completions <- the client",
                        "pargo-gateway: pargo.v1.Llm/Generate <- POST /v1/chat/completions",
                        "llm-service: pargo.v1.Llm/Generate <- pargo.v1.Llm/Generate",
                        "llm-service: decode <- pargo.v1.Llm/Generate");
        assertPhasesLieWithinTheirCalls(spans);
    }

    @Test
    void aFailureIsInTheTrace() throws Exception {
        byte[] damaged = "\u0089PNG\r\n\u001a\nand nothing more of it".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ask(Chat.picture(damaged, "?")).status()).isEqualTo(400);

        List<Received> spans = awaitSpans(4);
        assertThat(tree(spans))
                .contains(
                        "pargo-gateway: POST /v1/chat/completions <- the client",
                        "pargo-gateway: pargo.v1.Encoder/Encode <- POST /v1/chat/completions",
                        "encoder-service: pargo.v1.Encoder/Encode <- pargo.v1.Encoder/Encode",
                        "encoder-service: decode picture <- pargo.v1.Encoder/Encode");
        Received request = find(spans, "pargo-gateway", CHAT);
        assertThat(request.isError())
                .as("a client's fault is none of the server")
                .isFalse();
        assertThat(request.attribute("error.type")).isEqualTo("client_error");
        for (String name : List.of(ENCODE, "decode picture")) {
            assertThat(find(spans, "encoder-service", name))
                    .matches(Received::isError)
                    .matches(span -> span.attribute("error.type").equals("INVALID_ARGUMENT"));
        }
        assertThat(spans)
                .noneMatch(span -> span.name().equals(PROJECT) || span.name().equals(GENERATE));
    }

    @Test
    void whatAProjectorLooksAtIsTracedWithTheAnswerThatItIsAskedBeside() throws Exception {
        ObjectNode question = Chat.of(KnownAnswer.all().get(0));
        question.putObject("attention").put("projector", true);

        assertThat(ask(question).status()).isEqualTo(200);

        List<Received> spans = awaitSpans(19);
        assertThat(tree(spans))
                .contains(
                        "pargo-gateway: pargo.v1.Projector/Attend <- POST /v1/chat/completions",
                        "projector-service: pargo.v1.Projector/Attend <- pargo.v1.Projector/Attend",
                        "projector-service: project <- pargo.v1.Projector/Attend");
        assertThat(tree(spans).stream().filter(span -> span.startsWith("encoder-service: encode")))
                .hasSize(1);
    }

    @Test
    void nothingButRequestsIsTraced() throws Exception {
        gateway.get("/v1/models");
        ask(Chat.text("What?"));
        awaitSpans(6);

        // By now replicas have been asked for their health and description.
        assertThat(store.spans())
                .extracting(Received::name)
                .noneMatch(name -> name.contains("Health") || name.contains("Describe") || name.contains("GET"));
    }

    @Test
    void logLinesAreJsonWithTheIdsOfRequestAndTrace() throws Exception {
        String request = "request-" + trace;
        gateway.send(chat(Chat.of(KnownAnswer.all().get(0)))
                .header("x-request-id", request)
                .build());

        for (ServiceKind kind : ServiceKind.values()) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(lines(kind))
                            .as(kind.label())
                            .anyMatch(line -> line.path("request").asString().equals(request)
                                    && line.path("traceId").asString().equals(trace)));
        }
    }

    private static List<JsonNode> lines(ServiceKind kind) throws IOException {
        return stack.service(kind)
                .log()
                .lines()
                // The JVM's own warnings are not log lines.
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    private Reply ask(ObjectNode body) {
        return gateway.send(chat(body).build());
    }

    private <T> HttpResponse<T> send(ObjectNode body, HttpResponse.BodyHandler<T> handler) throws Exception {
        return HttpClient.newHttpClient().send(chat(body).build(), handler);
    }

    private HttpRequest.Builder chat(ObjectNode body) {
        return gateway.request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("traceparent", "00-%s-%s-01".formatted(trace, CLIENT))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    private List<Received> awaitSpans(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> store.spans(trace).size() >= count);
        return store.spans(trace);
    }

    private static List<String> tree(List<Received> spans) {
        return tree(spans, spans);
    }

    /** Each span with its service and its parent. */
    private static List<String> tree(List<Received> some, List<Received> all) {
        Map<String, Received> byId = all.stream().collect(Collectors.toMap(Received::id, Function.identity()));
        return some.stream()
                .map(span -> "%s: %s <- %s"
                        .formatted(
                                span.service(),
                                span.name(),
                                span.parent().equals(CLIENT)
                                        ? "the client"
                                        : byId.get(span.parent()).name()))
                .toList();
    }

    private static Received find(List<Received> spans, String service, String name) {
        return spans.stream()
                .filter(span -> span.service().equals(service) && span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void assertPhasesLieWithinTheirCalls(List<Received> spans) {
        Map<String, Received> byId = spans.stream().collect(Collectors.toMap(Received::id, Function.identity()));
        assertThat(spans)
                .filteredOn(span -> byId.containsKey(span.parent()))
                .filteredOn(span -> byId.get(span.parent()).service().equals(span.service()))
                .hasSizeGreaterThan(6)
                .allSatisfy(span -> {
                    Received parent = byId.get(span.parent());
                    assertThat(span.span().getStartTimeUnixNano())
                            .isBetween(
                                    parent.span().getStartTimeUnixNano(),
                                    parent.span().getEndTimeUnixNano());
                    assertThat(span.span().getEndTimeUnixNano())
                            .isBetween(
                                    span.span().getStartTimeUnixNano(),
                                    parent.span().getEndTimeUnixNano());
                });
    }
}

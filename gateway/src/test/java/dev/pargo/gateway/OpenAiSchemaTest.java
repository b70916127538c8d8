package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.ToolCallForm;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers and errors are valid by the schemas that OpenAI has published. */
class OpenAiSchemaTest {

    private static final SchemaRegistry VALIDATORS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, String> EVENTS = Map.ofEntries(
            Map.entry("response.created", "ResponseCreatedEvent"),
            Map.entry("response.in_progress", "ResponseInProgressEvent"),
            Map.entry("response.output_item.added", "ResponseOutputItemAddedEvent"),
            Map.entry("response.content_part.added", "ResponseContentPartAddedEvent"),
            Map.entry("response.output_text.delta", "ResponseTextDeltaEvent"),
            Map.entry("response.output_text.done", "ResponseTextDoneEvent"),
            Map.entry("response.content_part.done", "ResponseContentPartDoneEvent"),
            Map.entry("response.output_item.done", "ResponseOutputItemDoneEvent"),
            Map.entry("response.completed", "ResponseCompletedEvent"),
            Map.entry("response.incomplete", "ResponseIncompleteEvent"),
            Map.entry("error", "ResponseErrorEvent"));
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Zé?\"}]";

    private static ObjectNode schemas;

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start(stages -> stages.llm.description = stages.llm.description.toBuilder()
                    .setPrompt(stages.llm.description.getPrompt().toBuilder()
                            .setTools(true)
                            .setToolCalls(ToolCallForm.newBuilder().setArguments("parameters")))
                    .build());

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @BeforeAll
    static void start() throws Exception {
        try (InputStream file = OpenAiSchemaTest.class.getResourceAsStream("/openai/answers.json")) {
            schemas = (ObjectNode) JsonMapper.shared().readTree(Objects.requireNonNull(file));
        }
    }

    @Test
    void theSchemasTellRightFromWrong() {
        assertThat(errors(
                        "ErrorResponse", "{\"error\":{\"message\":\"a\",\"type\":\"b\",\"param\":null,\"code\":null}}"))
                .isEmpty();
        assertThat(errors("ErrorResponse", "{\"error\":{\"message\":\"a\",\"type\":\"b\",\"param\":null}}"))
                .isNotEmpty();
        assertThat(errors("CreateChatCompletionResponse", "{}")).isNotEmpty();
        assertThat(errors("Response", "{}")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/chat/completions | CreateChatCompletionResponse | {MESSAGES}
            /v1/chat/completions | CreateChatCompletionResponse | {MESSAGES,"n":2,"temperature":1,"logprobs":true,"top_logprobs":2}
            /v1/completions      | CreateCompletionResponse     | {"prompt":"Zé"}
            /v1/completions      | CreateCompletionResponse     | {"prompt":["Zé","b"],"n":2,"temperature":1,"logprobs":2}
            /v1/responses        | Response                     | {"input":"Zé"}
            /v1/responses        | Response                     | {"input":"Zé","instructions":"i","max_output_tokens":5,"include":["message.output_text.logprobs"],"top_logprobs":2}
            /v1/responses        | Response                     | {"input":"Zé","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}},"metadata":{"a":"b"}}
            """)
    void wholeAnswersAreValid(String path, String schema, String body) throws Exception {
        for (FinishReason reason : List.of(FinishReason.STOP, FinishReason.LENGTH)) {
            stages.llm.reason = reason;
            HttpResponse<String> response = gateway.post(path, body.replace("MESSAGES", MESSAGES));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(errors(schema, response.body())).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {MESSAGES,"stream":true}
            {MESSAGES,"stream":true,"n":2,"temperature":1,"logprobs":true,"top_logprobs":2,"stream_options":{"include_usage":true}}
            """)
    void chunksOfAChatAreValid(String body) throws Exception {
        List<String> chunks = data("/v1/chat/completions", body.replace("MESSAGES", MESSAGES));

        assertThat(chunks).hasSizeGreaterThan(3);
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(errors("CreateChatCompletionStreamResponse", chunk))
                        .as(chunk)
                        .isEmpty());
    }

    @Test
    void callsOfToolsAreValid() throws Exception {
        stages.llm.tellsRoles = false;
        String body = MESSAGES.replace("Zé?", "{\\\"name\\\":\\\"f\\\",\\\"parameters\\\":{}}")
                + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
        String whole = gateway.post("/v1/chat/completions", "{" + body + "}").body();
        List<String> chunks = data("/v1/chat/completions", "{" + body + ",\"stream\":true}");

        assertThat(whole).contains("\"content\":null", "\"tool_calls\":[{", "\"finish_reason\":\"tool_calls\"");
        assertThat(errors("CreateChatCompletionResponse", whole)).isEmpty();
        assertThat(chunks).anyMatch(chunk -> chunk.contains("\"tool_calls\":[{\"index\":0"));
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(errors("CreateChatCompletionStreamResponse", chunk))
                        .as(chunk)
                        .isEmpty());
    }

    /** The schema does not cover chunks: their finish_reason is null while the answer continues. */
    @Test
    void chunksOfACompletionAreValid() throws Exception {
        List<String> chunks =
                data("/v1/completions", "{\"prompt\":\"Zé\",\"stream\":true,\"logprobs\":1,\"echo\":false}");

        assertThat(chunks).hasSize(3);
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(errors(
                                "CreateCompletionResponse",
                                chunk.replace("\"finish_reason\":null", "\"finish_reason\":\"stop\"")))
                        .as(chunk)
                        .isEmpty());
    }

    @Test
    void eventsOfAResponseAreValid() throws Exception {
        List<String> events = new ArrayList<>(
                data(
                        "/v1/responses",
                        "{\"input\":\"Zé\",\"stream\":true,\"include\":[\"message.output_text.logprobs\"],\"top_logprobs\":2}"));
        stages.llm.reason = FinishReason.LENGTH;
        events.addAll(data("/v1/responses", "{\"input\":\"Zé\",\"stream\":true}"));
        stages.llm.failAfter = 1;
        events.addAll(data("/v1/responses", "{\"input\":\"Zé\",\"stream\":true}"));

        assertThat(events.stream()
                        .map(event -> json(event).get("type").asString())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(EVENTS.keySet());
        assertThat(events)
                .allSatisfy(event -> assertThat(
                                errors(EVENTS.get(json(event).get("type").asString()), event))
                        .as(event)
                        .isEmpty());
    }

    @Test
    void modelsAreValid() throws Exception {
        assertThat(errors("ListModelsResponse", gateway.get("/v1/models").body()))
                .isEmpty();
        assertThat(errors("Model", gateway.get("/v1/models/loopback").body())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /v1/chat/completions   | {}                                   | 400
            POST   | /v1/chat/completions   | {                                    | 400
            POST   | /v1/completions        | {"model":"none","prompt":"a"}        | 404
            POST   | /v1/responses          | {"input":"a","tools":[{}]}           | 400
            POST   | /tokenize              | {}                                   | 400
            GET    | /v1/models/none        |                                      | 404
            GET    | /v1/nothing            |                                      | 404
            DELETE | /v1/models             |                                      | 405
            PUT    | /v1/chat/completions   | {}                                   | 405
            """)
    void refusalsAreValid(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> response = gateway.send(HttpRequest.newBuilder(gateway.uri(path))
                .method(method, HttpRequest.BodyPublishers.ofString(Objects.requireNonNullElse(body, "")))
                .build());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(errors("ErrorResponse", response.body())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"INVALID_FIELD,400", "PROMPT_TOO_LONG,400", "INTERNAL,500", "QUEUE_FULL,429", "DRAINING,503"})
    void failuresOfStagesAreValid(ErrorReason reason, int status) throws Exception {
        for (int i = 0; i < 10; i++) {
            stages.llm.behaviour.failures.add(new StageError(reason, "of the stage").toException());
        }

        HttpResponse<String> response = gateway.post("/v1/chat/completions", "{" + MESSAGES + "}");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(errors("ErrorResponse", response.body())).isEmpty();
    }

    @Test
    void theServersOwnErrorsAreValid() throws Exception {
        for (String request : List.of(
                "GET /version HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n".formatted("x".repeat(40_000)),
                "GET /version HTTP/9\r\n\r\n",
                RawHttp.chatHead(900_000_000))) {
            try (RawHttp connection = new RawHttp(gateway.port)) {
                String answer = connection.send(request).answer();
                assertThat(errors("ErrorResponse", answer.substring(answer.indexOf("\r\n\r\n") + 4)))
                        .as(answer)
                        .isEmpty();
            }
        }
    }

    @Test
    void theErrorInAStreamIsValid() throws Exception {
        stages.llm.failAfter = 1;

        List<String> chunks = data("/v1/chat/completions", "{" + MESSAGES + ",\"stream\":true}");

        assertThat(errors("ErrorResponse", chunks.get(chunks.size() - 1))).isEmpty();
    }

    /** The events of a stream, without the final [DONE]. The stream may break off. */
    private static List<String> data(String path, String body) throws Exception {
        List<String> lines = new ArrayList<>();
        try (Stream<String> stream = gateway.lines(path, body)) {
            stream.forEach(lines::add);
        } catch (UncheckedIOException cutOff) {
            assertThat(stages.llm.failAfter).isPositive();
        }
        return lines.stream()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static List<Error> errors(String schema, String json) {
        ObjectNode document = schemas.deepCopy();
        document.put("$ref", "#/components/schemas/" + schema);
        Schema validator = VALIDATORS.getSchema(document.toString(), InputFormat.JSON);
        return validator.validate(json, InputFormat.JSON);
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What users get wrong: the status, the field, and a sentence of ours. */
class RequestErrorTest {

    private static LoopbackStages stages;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        stages = new LoopbackStages();
        gateway = RunningGateway.start(
                stages, "--pargo.gateway.max-body=2MB", "--pargo.gateway.max-concurrent-bytes=8MB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        stages.close();
    }

    static Stream<Arguments> badRequests() {
        return Stream.of(
                wrong("", null, "The body must be one JSON object"),
                wrong("[]", null, "The body must be one JSON object"),
                wrong("null", null, "The body must be one JSON object"),
                wrong("{\"model\":\n  oops}", null, "The body is not valid JSON at line 2, column 3"),
                wrong("{\"model\":\"loopback\"", null, "The body ends in the middle of its JSON"),
                wrong("{} {}", null, "The body must be one JSON object"),
                wrong("[".repeat(2000), null, "The body must be one JSON object"),
                wrong(
                        with("\"metadata\":" + "[".repeat(2000)),
                        null,
                        "The body is nested too deeply, or a number is too long"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"x\"}]").replace("\"loopback\"", "5"),
                        "model",
                        "model must be a string"),
                wrong("{\"messages\":[]}", "model", "model is missing"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"%s\"}]".formatted("x".repeat(250_001))),
                        "messages",
                        "messages must have at most 250000 characters of text"),
                wrong(messages("[]"), "messages", "messages must have at least one message"),
                wrong(messages("\"Hello\""), "messages", "messages must be a list"),
                wrong(messages("[null]"), "messages[0].role", "messages[0].role is missing"),
                wrong(messages("[{\"role\":\"user\"}]"), "messages[0].content", "messages[0].content is missing"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":7}]"),
                        "messages[0].content",
                        "messages[0].content must be a string or a list of parts"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":[]}]"),
                        "messages[0].content",
                        "messages[0].content must have at least one part"),
                wrong(
                        messages("[{\"role\":\"tool\",\"content\":\"x\"}]"),
                        "messages[0].role",
                        "messages[0].role must be system, developer, user or assistant"),
                wrong(
                        messages("[{\"role\":\"assistant\",\"content\":\"x\"}]"),
                        "messages[0].role",
                        "messages[0].role: an assistant's message must follow a user's"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}]"),
                        "messages[1].role",
                        "messages[1].role: the last message must be the user's"),
                wrong(
                        parts("{\"text\":\"x\"}"),
                        "messages[0].content[0].type",
                        "messages[0].content[0].type is missing"),
                wrong(
                        parts("{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"input_audio\"}"),
                        "messages[0].content[1].type",
                        "messages[0].content[1].type must be text or image_url"),
                wrong(
                        parts("{\"type\":\"text\"}"),
                        "messages[0].content[0].text",
                        "messages[0].content[0].text is missing"),
                wrong(
                        parts("{\"type\":\"text\",\"text\":1.5}"),
                        "messages[0].content[0].text",
                        "messages[0].content[0].text must be a string"),
                wrong(
                        parts("{\"type\":\"image_url\",\"image_url\":5}"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url must be an object with a url"),
                wrong(
                        parts("{\"type\":\"image_url\",\"image_url\":{}}"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url.url is missing"),
                wrong(
                        image("https://example.org/x.png"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url: fetching images by URL is not enabled; "
                                + "send a data URL with the image in base64"),
                wrong(
                        image("file:///etc/passwd"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url must be a data URL: data:image/png;base64,..."),
                wrong(
                        image("data:image/png,abc"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url must be a data URL: data:image/png;base64,..."),
                wrong(
                        image("data:text/plain;base64,QUJD"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url: the media type of the data URL must be image/..."),
                wrong(
                        image("data:image/png;base64,!!!"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url is not valid base64"),
                wrong(
                        image("data:image/png;base64,"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url has no bytes"),
                wrong(
                        parts(String.join(",", Collections.nCopies(5, imagePart(Bodies.dataUrl(1, 10))))),
                        "messages[0].content[4].image_url",
                        "messages[0].content[4].image_url: a request may have at most 4 images"),
                wrong(
                        parts(String.join(",", Collections.nCopies(4, imagePart(Bodies.dataUrl(1, 10))))),
                        "messages[0].content[3].image_url",
                        "messages[0].content[3].image_url: a request may have at most 3 images"),
                wrong(
                        messages(
                                "[{\"role\":\"system\",\"content\":[%s]}]".formatted(imagePart(Bodies.dataUrl(1, 10)))),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url: only a user's message may have images"),
                wrong(with("\"temperature\":2.1"), "temperature", "temperature must be between 0 and 2"),
                wrong(with("\"temperature\":\"hot\""), "temperature", "temperature must be a number"),
                wrong(with("\"top_p\":0"), "top_p", "top_p must be above 0 and at most 1"),
                wrong(with("\"top_k\":-1"), "top_k", "top_k must not be negative"),
                wrong(with("\"max_tokens\":0"), "max_tokens", "max_tokens must be at least 1"),
                wrong(with("\"max_tokens\":1.5"), "max_tokens", "max_tokens must be a whole number"),
                wrong(with("\"max_tokens\":99999999999"), "max_tokens", "max_tokens is out of range"),
                wrong(
                        with("\"max_completion_tokens\":-1"),
                        "max_completion_tokens",
                        "max_completion_tokens must be at least 1"),
                wrong(with("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]"), "stop", "stop may have at most 4 strings"),
                wrong(with("\"stop\":\"\""), "stop", "stop must not have an empty string"),
                wrong(
                        with("\"stop\":\"%s\"".formatted("x".repeat(1001))),
                        "stop",
                        "stop must have strings of at most 1000 characters"),
                wrong(with("\"stop\":[1]"), "stop[0]", "stop[0] must be a string"),
                wrong(with("\"stream\":\"yes\""), "stream", "stream must be true or false"),
                wrong(with("\"grammar\":\"a\""), "grammar", "grammar is not supported with this value"),
                wrong(with("\"tools\":[{\"type\":\"function\"}]"), "tools", "tools is not supported with this value"),
                wrong(
                        Bodies.text("x").replace("\"loopback\"", "\"gpt-9\""),
                        "model",
                        "model: there is no such model; available: loopback"));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void namesWhatIsWrong(String body, @Nullable String param, String message) throws Exception {
        HttpResponse<String> response = gateway.chat(body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = error(response);
        assertThat(error.get("message").asString()).isEqualTo(message);
        assertThat(error.get("type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.get("param").isNull() ? null : error.get("param").asString())
                .isEqualTo(param);
        assertThat(error.get("code").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"user\":\"me\"",
                "\"n\":1",
                "\"tools\":[]",
                "\"tool_choice\":\"none\"",
                "\"logprobs\":false",
                "\"response_format\":{\"type\":\"text\"}",
                "\"num_beams\":1",
                "\"length_penalty\":1.0",
                "\"bad_words\":[]",
                "\"presence_penalty\":0.0",
                "\"frequency_penalty\":null",
                "\"modalities\":[\"text\"]",
                "\"metadata\":{\"a\":{\"b\":1}}",
                "\"seed\":-5",
                "\"stop\":\"x\"",
                "\"stop\":null",
                "\"stream\":null",
                "\"temperature\":1",
                "\"unheard_of\":[1,2,3]",
            })
    void ignoresWhatDoesNotChangeTheAnswer(String field) throws Exception {
        assertThat(gateway.chat(with(field)).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesAnImageLargerThanTheEncoderTakes() throws Exception {
        HttpResponse<String> response = gateway.chat(image(Bodies.dataUrl(7, 1_000_001)));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(error(response).get("message").asString())
                .isEqualTo("messages[0].content[0].image_url has 1000001 bytes, the limit is 1000000");
        assertThat(error(response).get("param").asString()).isEqualTo("messages[0].content[0].image_url");
        assertThat(gateway.chat(image(Bodies.dataUrl(7, 1_000_000))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesABodyThatSaysItIsTooLarge() throws Exception {
        HttpResponse<String> response = gateway.chat(Bodies.text("x".repeat(10_000_000)));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(error(response).get("message").asString())
                .isEqualTo("The request body is larger than the limit of 2097152 bytes");
    }

    @Test
    void refusesABodyThatTurnsOutTooLarge() throws Exception {
        byte[] body = Bodies.text("x".repeat(3_000_000)).getBytes();
        HttpRequest chunked = gateway.chatRequest("")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();

        assertThat(gateway.send(chunked).statusCode()).isEqualTo(413);
    }

    @Test
    void answersInTheSameShapeWhereThereIsNoController() throws Exception {
        assertError(HttpRequest.newBuilder(gateway.uri("/v2/nothing")), 404, "Unknown route: GET /v2/nothing");
        assertError(
                HttpRequest.newBuilder(gateway.uri("/v1/chat/completions")),
                405,
                "The method GET is not allowed for /v1/chat/completions");
        assertError(
                gateway.chatRequest("{}").setHeader("content-type", "application/x-www-form-urlencoded"),
                415,
                "The content type must be application/json");
        assertError(HttpRequest.newBuilder(gateway.uri("/v1/models/gpt-9")), 404, "There is no such model");
        assertError(HttpRequest.newBuilder(gateway.uri("/v1/%2e%2e%2f%00")), 400, "Bad Request");
    }

    @Test
    void everyEndIsCounted() throws Exception {
        long errors = gateway.ended("client_error");
        long answers = gateway.ended("ok");

        gateway.chat("{}");
        gateway.chat(Bodies.text("Hello"));

        // A client has its answer a moment before it is counted.
        await().untilAsserted(() -> {
            assertThat(gateway.ended("client_error")).isEqualTo(errors + 1);
            assertThat(gateway.ended("ok")).isEqualTo(answers + 1);
        });
    }

    private static void assertError(HttpRequest.Builder request, int status, String message) throws Exception {
        HttpResponse<String> response = gateway.send(request.build());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(error(response).get("message").asString()).isEqualTo(message);
        assertThat(error(response).get("type").asString()).isEqualTo("invalid_request_error");
    }

    private static JsonNode error(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        return JsonMapper.shared().readTree(response.body()).get("error");
    }

    private static Arguments wrong(String body, @Nullable String param, String message) {
        return Arguments.of(body, param, message);
    }

    private static String messages(String messages) {
        return "{\"model\":\"loopback\",\"messages\":" + messages + "}";
    }

    private static String parts(String parts) {
        return messages("[{\"role\":\"user\",\"content\":[" + parts + "]}]");
    }

    private static String image(String url) {
        return parts(imagePart(url));
    }

    private static String imagePart(String url) {
        return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
    }

    private static String with(String field) {
        return Bodies.text("Hello").replaceFirst("\\{", "{" + Matcher.quoteReplacement(field) + ",");
    }
}

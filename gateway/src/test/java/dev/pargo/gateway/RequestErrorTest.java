package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Errors in requests: the status, the field, and a message of the gateway. */
class RequestErrorTest {

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start("--pargo.gateway.max-body=2MB", "--pargo.gateway.max-concurrent-bytes=8MB");

    private static final RunningGateway gateway = running.gateway;

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
                        with("\"unheard_of\":" + "[".repeat(2000)),
                        null,
                        "The body is nested too deeply, has too many parts, or has a name or number that is too long"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"x\"}]").replace("\"loopback\"", "5"),
                        "model",
                        "model must be a string"),
                wrong("{\"model\":null}", "messages", "messages is missing"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"%s\"}]".formatted("x".repeat(250_001))),
                        "messages",
                        "messages: there are 250001 bytes of text, the limit of the model is 250000"),
                wrong(messages("[]"), "messages", "messages must not be empty"),
                wrong(messages("\"Hello\""), "messages", "messages must be a list"),
                wrong(messages("[null]"), "messages[0]", "messages[0] must not be null"),
                wrong(messages("[{\"role\":\"user\"}]"), "messages[0].content", "messages[0].content is missing"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":7}]"),
                        "messages[0].content",
                        "messages[0].content must be a string or a list of parts"),
                wrong(
                        messages("[{\"role\":\"robot\",\"content\":\"x\"}]"),
                        "messages[0].role",
                        "messages[0].role must be system, developer, user, assistant or tool"),
                wrong(
                        messages("[{\"role\":\"system\",\"content\":\"x\"}]"),
                        "messages",
                        "messages must have a message of the user"),
                wrong(
                        parts("{\"text\":\"x\"}"),
                        "messages[0].content[0].type",
                        "messages[0].content[0].type is missing"),
                wrong(
                        parts("{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"input_audio\"}"),
                        "messages[0].content[1].type",
                        "messages[0].content[1].type must be text or image_url"),
                wrong(
                        parts("{\"type\":\"video_url\",\"video_url\":{\"url\":\"data:video/mp4;base64,AAAA\"}}"),
                        "messages[0].content[0].type",
                        "messages[0].content[0].type is video_url; videos are not supported"),
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
                        image("https://127.0.0.1/x.png"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url: the host of the URL has no public address"),
                wrong(
                        image("file:///etc/passwd"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url must be a data URL (data:image/png;base64,...) or an https URL"),
                wrong(
                        image("data:image/png,abc"),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url must be a data URL (data:image/png;base64,...) or an https URL"),
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
                        parts(String.join(",", Collections.nCopies(4, imagePart(Bodies.dataUrl(1, 10))))),
                        "messages[0].content[3].image_url",
                        "messages[0].content[3].image_url: a request may have at most 3 images"),
                wrong(
                        messages(
                                "[{\"role\":\"system\",\"content\":[%s]}]".formatted(imagePart(Bodies.dataUrl(1, 10)))),
                        "messages[0].content[0].image_url",
                        "messages[0].content[0].image_url: only a user's message may have images"),
                wrong(with("\"metadata\":[]"), "metadata", "metadata must be an object"),
                wrong(with("\"store\":1"), "store", "store must be true or false"),
                wrong(
                        messages("[{\"role\":\"user\",\"content\":\"\\ud800x\"}]"),
                        "messages[0].content",
                        "messages[0].content has half of a surrogate pair, which is no character"),
                wrong(with("\"temperature\":2.1"), "temperature", "temperature must be between 0 and 2"),
                wrong(with("\"temperature\":\"hot\""), "temperature", "temperature must be a number"),
                wrong(with("\"top_p\":-0.1"), "top_p", "top_p must be between 0 and 1"),
                wrong(with("\"top_k\":-2"), "top_k", "top_k must be at least 0, or -1 for no limit"),
                wrong(with("\"max_tokens\":0"), "max_tokens", "max_tokens must be at least 1, or -1 for no limit"),
                wrong(with("\"max_tokens\":1.5"), "max_tokens", "max_tokens must be a whole number"),
                wrong(with("\"max_tokens\":99999999999"), "max_tokens", "max_tokens is out of range"),
                wrong(
                        with("\"max_completion_tokens\":-2"),
                        "max_completion_tokens",
                        "max_completion_tokens must be at least 1, or -1 for no limit"),
                wrong(with("\"stop\":[" + "\"a\",".repeat(16) + "\"b\"]"), "stop", "stop may have at most 16 strings"),
                wrong(with("\"stop\":\"\""), "stop", "stop must have 1 to 1000 characters"),
                wrong(
                        with("\"stop\":\"%s\"".formatted("x".repeat(1001))),
                        "stop",
                        "stop must have 1 to 1000 characters"),
                wrong(with("\"stop\":[1]"), "stop[0]", "stop[0] must be a string"),
                wrong(with("\"stream\":\"yes\""), "stream", "stream must be true or false"),
                wrong(with("\"grammar\":\"a\""), "grammar", "grammar is not supported with this value"),
                wrong(
                        with("\"tools\":[{\"type\":\"function\"}]"),
                        "tools",
                        "tools is not supported by this model; with tool_choice none it is ignored"));
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
                "\"top_k\":-1",
                "\"seed\":-1",
                "\"max_tokens\":-1",
                "\"top_p\":0",
                "\"tools\":[{\"type\":\"function\"}],\"tool_choice\":\"none\"",
                "\"store\":true",
                "\"n\":2,\"temperature\":0",
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
    void anUnknownModelIsNotFound() throws Exception {
        HttpResponse<String> response = gateway.chat(Bodies.text("x").replace("\"loopback\"", "\"gpt-9\""));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response).get("code").asString()).isEqualTo("model_not_found");
        assertThat(error(response).get("message").asString())
                .isEqualTo("model: there is no such model; available: loopback");
    }

    @Test
    void theOnlyModelNeedNoName() throws Exception {
        assertThat(gateway.chat(Bodies.text("x").replace("\"model\":\"loopback\",", ""))
                        .body())
                .contains("\"model\":\"loopback\"");
    }

    /** Overlong forms, a surrogate, and a code point above U+10FFFF. */
    @ParameterizedTest
    @ValueSource(strings = {"C0 AF", "E0 80 AF", "ED A0 80", "F4 BF BF BF", "FF"})
    void onlyUtf8IsRead(String hex) throws Exception {
        byte[] wrong = HexFormat.ofDelimiter(" ").parseHex(hex);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write("{\"messages\":[{\"role\":\"user\",\"content\":\"".getBytes());
        body.write(wrong);
        body.write("\"}]}".getBytes());
        HttpRequest request = gateway.chatRequest("")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();

        HttpResponse<String> response = gateway.send(request);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(error(response).get("message").asString()).isEqualTo("The body is not valid UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64,YWI_-w",
                "data:image/png;base64,YWI/+w==",
                "data:image/png;base64,YW\\nI/\\r\\n +w==\\n",
                "data:image/png;charset=utf-8;base64,YWI/+w==",
                "data:;base64,YWI/+w==",
                "data:image/png;base64,YWI%2F%2Bw%3D%3D"
            })
    void readsBase64AsItIsWritten(String url) throws Exception {
        HttpResponse<String> response = gateway.chat(image(url));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("[97 x 4980736]");
    }

    /** With ' for ": what is asked of the model. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'role':'assistant','content':'Hi'},{'role':'user','content':'Q'}     | (assistant)Hi(user)Q
            {'role':'user','content':'Q'},{'role':'assistant','content':'A'}      | (user)Q(assistant)A
            {'role':'user','content':[]}                                          | (user)
            {'role':'user','content':'Q','name':'me'}                             | (user)Q
            {'role':'developer','content':'S'},{'role':'user','content':'Q'}      | (system)S(user)Q
            {'role':'user','content':'Q'},{'role':'assistant','content':null,'tool_calls':[{'id':'1'}]},{'role':'tool','tool_call_id':'1','content':'R'} | (user)Q(assistant)(tool)R
            {'role':'user','content':'Q'},{'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f','arguments':'{}'}}]},{'role':'tool','content':'R'} | (user)Q(assistant)f{}(tool)R
            {'role':'user','content':'Q'},{'role':'assistant','function_call':{'name':'f','arguments':'{}'}},{'role':'function','name':'f','content':'R'} | (user)Q(assistant)f{}(tool)R
            {'role':'user','content':'Q'},{'role':'assistant','content':null,'refusal':'No'},{'role':'user','content':'R'} | (user)Q(assistant)No(user)R
            """)
    void historiesMayHaveEveryForm(String messages, String prompt) throws Exception {
        HttpResponse<String> response = gateway.chat(messages("[" + messages.replace('\'', '"') + "]"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("\"" + prompt.strip() + "\"");
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

        // A client gets its answer a moment before the request is counted.
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

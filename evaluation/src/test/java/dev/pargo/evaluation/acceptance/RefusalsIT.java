package dev.pargo.evaluation.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Users' mistakes are answered with a status, the name of the field and the limit. */
@ExtendWith(SharedStack.class)
class RefusalsIT {

    private static final String IMAGE = "messages[0].content[0].image_url";

    private GatewayClient gateway;

    @BeforeEach
    void connect(RunningStack running) {
        gateway = new GatewayClient(running.url());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"hello\"", "{\"model\": pargo-mini}", "not json at all"})
    void bodyThatIsNoJsonObject(String body) {
        JsonNode error = Refusal.of(gateway.post(body), 400);

        assertThat(error.path("code").asString()).isEqualTo("invalid_json");
    }

    @Test
    void unknownModel() {
        JsonNode error = Refusal.of(gateway.complete(Chat.text("?").put("model", "gpt-4")), 404);

        assertThat(error.path("param").asString()).isEqualTo("model");
        assertThat(error.path("code").asString()).isEqualTo("model_not_found");
        assertThat(error.path("message").asString()).contains("pargo-mini");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {'model':7,'messages':[{'role':'user','content':'?'}]}                                     | model
                    {'model':'pargo-mini'}                                                                     | messages
                    {'model':'pargo-mini','messages':'?'}                                                      | messages
                    {'model':'pargo-mini','messages':[]}                                                       | messages
                    {'model':'pargo-mini','messages':[7]}                                                      | messages[0]
                    {'model':'pargo-mini','messages':[{'content':'?'}]}                                        | messages[0].role
                    {'model':'pargo-mini','messages':[{'role':'robot','content':'?'}]}                         | messages[0].role
                    {'model':'pargo-mini','messages':[{'role':'system','content':'?'}]}                        | messages
                    {'model':'pargo-mini','messages':[{'role':'user'}]}                                        | messages[0].content
                    {'model':'pargo-mini','messages':[{'role':'user','content':7}]}                            | messages[0].content
                    {'model':'pargo-mini','messages':[{'role':'user','content':[{'type':'video'}]}]}           | messages[0].content[0].type
                    {'model':'pargo-mini','messages':[{'role':'user','content':[{'type':'text'}]}]}            | messages[0].content[0].text
                    {'model':'pargo-mini','messages':[{'role':'user','content':[{'type':'image_url'}]}]}       | messages[0].content[0].image_url
                    """)
    void wrongStructure(String body, String param) {
        JsonNode error = Refusal.of(gateway.post(body.replace('\'', '"')), 400);

        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains(param);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    max_tokens            | 0         | at least 1
                    max_tokens            | 1.5       | whole number
                    max_tokens            | "many"    | whole number
                    max_completion_tokens | -2        | at least 1
                    temperature           | 3         | between 0 and 2
                    temperature           | "hot"     | a number
                    top_p                 | -1        | between 0 and 1
                    top_k                 | -2        | at least 0
                    stream                | "yes"     | true or false
                    stop                  | [""]      | 1 to 1000 characters
                    stop                  | ["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"] | at most 16
                    """)
    void wrongValue(String field, String value, String expected) {
        ObjectNode body = Chat.text("?");
        String json = body.toString().replaceFirst("\\{", "{\"%s\":%s,".formatted(field, value));

        JsonNode error = Refusal.of(gateway.post(json), 400);

        assertThat(error.path("param").asString()).startsWith(field);
        assertThat(error.path("message").asString()).contains(field, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object','properties':{'a':{'not':{}}}}}} | response_format | #/properties/a/not
                    'guided_json':{'type':'array','items':{'if':{}}}   | guided_json      | #/items/if
                    'json_schema':{'$ref':'https://example.org/x'}     | json_schema      | #/$ref
                    'guided_regex':'(a'                                | guided_regex     |
                    'grammar':'root ::= [a]'                           | grammar          |
                    """)
    void formatThatCannotBeHonoured(String field, String param, @Nullable String path) {
        String json = Chat.text("?")
                .toString()
                .replaceFirst(
                        "\\{",
                        Matcher.quoteReplacement(
                                "{" + field.replace("\"", "\\\"").replace('\'', '"') + ","));

        JsonNode error = Refusal.of(gateway.post(json), 400);

        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).startsWith(path == null ? param : param + " " + path);
    }

    static Stream<Arguments> unusableImages() throws IOException {
        byte[] picture = Files.readAllBytes(KnownAnswer.all().get(0).image());
        byte[] bomb = picture.clone();
        resize(bomb, 20_000, 20_000);
        return Stream.of(
                arguments("text instead of an image", "hello".getBytes(UTF_8), "invalid_image", ""),
                arguments("nothing", new byte[0], "invalid_image", ""),
                arguments("a truncated image", Arrays.copyOf(picture, picture.length / 2), "invalid_image", ""),
                arguments("too many pixels", bomb, "image_too_large", "50000000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusableImages")
    void unusableImage(String name, byte[] image, String code, String limit) {
        JsonNode error = Refusal.of(gateway.complete(Chat.picture(image, "?")), 400);

        assertThat(error.path("param").asString()).isEqualTo(IMAGE);
        assertThat(error.path("code").asString()).isEqualTo(code);
        assertThat(error.path("message").asString().replaceAll("[, ]", "")).contains(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "https://127.0.0.1/cat.png, no public address",
        "http://127.0.0.1:8080/cat.png, must begin with https",
        "file:///etc/passwd, data URL",
        "cat.png, data URL",
        "'data:image/png,abc', data URL",
        "'data:text/plain;base64,aGVsbG8=', media type",
        "'data:image/png;base64,***', base64"
    })
    void urlThatIsNoPicture(String url, String expected) {
        JsonNode error = Refusal.of(gateway.complete(Chat.url(url, "?")), 400);

        assertThat(error.path("param").asString()).isEqualTo(IMAGE);
        assertThat(error.path("message").asString()).contains(IMAGE, expected);
    }

    @Test
    void imageFileThatIsTooLarge() throws IOException {
        byte[] padded =
                Arrays.copyOf(Files.readAllBytes(KnownAnswer.all().get(0).image()), 21_000_000);

        JsonNode error = Refusal.of(gateway.complete(Chat.picture(padded, "?")), 413);

        assertThat(error.path("param").asString()).isEqualTo(IMAGE);
        assertThat(error.path("message").asString()).contains("20971520");
    }

    @Test
    void bodyThatIsTooLarge() {
        JsonNode error = Refusal.of(gateway.complete(Chat.text("x".repeat(34_000_000))), 413);

        assertThat(error.path("message").asString()).contains("33554432");
    }

    @Test
    void promptThatIsTooLong() {
        JsonNode error = Refusal.of(gateway.complete(Chat.text("one two three ".repeat(300))), 400);

        assertThat(error.path("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(error.path("param").asString()).isEqualTo("messages");
        assertThat(error.path("message").asString()).contains("511");
    }

    @Test
    void tooManyImages() throws IOException {
        ObjectNode body = Chat.of(KnownAnswer.all().get(0));
        var parts = body.withArray("/messages/0/content");
        for (int i = 0; i < 64; i++) {
            parts.add(parts.get(0));
        }

        JsonNode error = Refusal.of(gateway.complete(body), 400);

        assertThat(error.path("code").asString()).isEqualTo("too_many_images");
        assertThat(error.path("message").asString()).contains("at most 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools", "functions"})
    void fieldsThatWouldChangeTheAnswer(String field) {
        ObjectNode body = Chat.text("?");
        body.putArray(field).addObject().put("type", "function");

        assertThat(Refusal.of(gateway.complete(body), 400).path("param").asString())
                .isEqualTo(field);
    }

    @Test
    void unknownRoute() {
        assertThat(Refusal.of(gateway.get("/v1/nothing"), 404).path("message").asString())
                .contains("/v1/nothing");
    }

    @Test
    void wrongMethod() {
        Refusal.of(gateway.get("/v1/chat/completions"), 405);
    }

    @Test
    void wrongContentType() {
        HttpRequest request = gateway.request("/v1/chat/completions")
                .header("Content-Type", "application/xml")
                .POST(BodyPublishers.ofString(Chat.text("?").toString()))
                .build();

        Refusal.of(gateway.send(request), 415);
    }

    @Test
    void answersAfterAllOfThis() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        assertThat(gateway.complete(Chat.of(example)).answer()).isEqualTo(example.answer());
    }

    /** Writes another size into a PNG file's header. */
    private static void resize(byte[] png, int width, int height) {
        ByteBuffer buffer = ByteBuffer.wrap(png);
        buffer.putInt(16, width).putInt(20, height);
        CRC32 checksum = new CRC32();
        checksum.update(png, 12, 17);
        buffer.putInt(29, (int) checksum.getValue());
    }
}

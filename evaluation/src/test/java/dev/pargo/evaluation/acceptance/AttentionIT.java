package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(SharedStack.class)
class AttentionIT {

    private static final int PARTIAL = 72;
    private static final int TOKENS = 80;
    private static final int PATCHES = 144;

    private GatewayClient gateway;

    @BeforeEach
    void connect(RunningStack running) {
        gateway = new GatewayClient(running.url());
    }

    @Test
    void tellsWhatEachTokenTakesOfThePatchesThatItSees() throws IOException {
        JsonNode attention = ask(request());

        assertThat(attention.at("/grid/rows").asInt()).isEqualTo(12);
        assertThat(attention.at("/grid/columns").asInt()).isEqualTo(12);
        assertThat(attention.path("resize_mode").asString()).isEqualTo("expand_to_square");
        assertThat(attention.path("tokens")).hasSize(TOKENS);
        assertThat(attention.path("layers")).hasSize(4);
        for (int token = 0; token < TOKENS; token++) {
            JsonNode described = attention.path("tokens").get(token);
            boolean partial = token < PARTIAL;
            assertThat(described.path("kind").asString()).isEqualTo(partial ? "partial" : "global");
            assertThat(described.path("first_patch").asInt()).isEqualTo(partial ? 2 * token : 0);
            assertThat(described.path("patches").asInt()).isEqualTo(partial ? 2 : PATCHES);
            for (JsonNode layer : attention.path("layers")) {
                JsonNode weights = layer.path("groups").get(0).get(token);
                assertThat(weights).hasSize(partial ? 2 : PATCHES);
                assertThat(weights.valueStream().mapToDouble(JsonNode::asDouble).sum())
                        .isCloseTo(1, within(1e-4));
            }
        }
    }

    @Test
    void groupsOfHeadsHaveTheMeanOfAllHeadsAsTheirMean() throws IOException {
        JsonNode together = ask(request());
        JsonNode apart = ask(request().put("head_groups", 3));

        assertThat(apart.path("layers").get(0).path("groups")).hasSize(3);
        for (int patch = 0; patch < PATCHES; patch++) {
            String weight = "/layers/3/groups/%d/79/" + patch;
            double mean = (apart.at(weight.formatted(0)).asDouble()
                            + apart.at(weight.formatted(1)).asDouble()
                            + apart.at(weight.formatted(2)).asDouble())
                    / 3;
            assertThat(together.at(weight.formatted(0)).asDouble()).isCloseTo(mean, within(2e-6));
        }
    }

    @Test
    void drawsAHeatMapForWhoAcceptsPictures(RunningStack running) throws Exception {
        HttpRequest request = gateway.request("/v1/attention")
                .header("Accept", "image/png")
                .POST(BodyPublishers.ofString(request().toString()))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("content-type")).contains("image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(response.body())).getWidth())
                .isEqualTo(12 * 16);
    }

    @Test
    void refusesWhatItCannotTell() throws IOException {
        assertThat(Refusal.of(post(request().put("head_groups", 2)), 400)
                        .path("message")
                        .asString())
                .isEqualTo("head_groups is 2, but must divide the 3 heads");
        assertThat(Refusal.of(post(request().put("model", "nothing")), 404)
                        .path("code")
                        .asString())
                .isEqualTo("model_not_found");
        ObjectNode without = request();
        without.remove("image");
        assertThat(Refusal.of(post(without), 400).path("param").asString()).isEqualTo("image");
        assertThat(Refusal.of(post(request().put("image", "data:image/png;base64,AAAA")), 400)
                        .path("param")
                        .asString())
                .isEqualTo("image");
    }

    /** The picture has a gray crescent at the top left, a pink diamond at the bottom left and a yellow pentagon. */
    @Test
    void theWordsOfADescriptionLookAtWhatTheyName() throws IOException {
        JsonNode answer = describe(false).json();
        JsonNode told = answer.at("/choices/0/attention");
        JsonNode map = ask(request());

        assertThat(told.at("/pictures/0/visual_tokens").asInt()).isEqualTo(TOKENS);
        assertThat(told.at("/pictures/0/pieces/0/columns").asInt()).isEqualTo(TOKENS);
        assertThat(text(told.path("tokens").valueStream().toList()).strip())
                .isEqualTo(answer.at("/choices/0/message/content").asString());
        assertThat(ninth(told, " crescent", map)).isEqualTo("0 0");
        assertThat(ninth(told, " diamond", map)).isEqualTo("2 0");
        assertThat(ninth(told, " pentagon", map)).isEqualTo("2 2");
    }

    @Test
    void aStreamTellsTheSameWithItsPieces() throws IOException {
        JsonNode whole = describe(false).json().at("/choices/0/attention");
        EventStream stream = EventStream.parse(describe(true).body());

        List<JsonNode> tokens = stream.chunks().stream()
                .flatMap(chunk -> chunk.at("/choices/0/attention/tokens").valueStream())
                .toList();
        assertThat(tokens).hasSize(whole.path("tokens").size());
        for (int token = 0; token < tokens.size(); token++) {
            JsonNode want = whole.path("tokens").get(token);
            assertThat(tokens.get(token).path("bytes")).isEqualTo(want.path("bytes"));
            for (int i = 0; i < TOKENS; i++) {
                assertThat(tokens.get(token).path("visual").get(i).asDouble())
                        .isCloseTo(want.path("visual").get(i).asDouble(), within(1e-5));
            }
        }
        JsonNode end = stream.chunks().stream()
                .filter(chunk -> chunk.at("/choices/0/finish_reason").isString())
                .findFirst()
                .orElseThrow();
        assertThat(end.at("/choices/0/attention/pictures")).isEqualTo(whole.path("pictures"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChatCallTellsTheProjectorsAttentionAsTheRouteDoes(boolean stream) throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode body = Chat.picture(example.image(), example.question()).put("stream", stream);
        body.putObject("attention").put("projector", true).put("head_groups", 3);
        Reply reply = gateway.complete(body);
        JsonNode told =
                (stream ? EventStream.parse(reply.body()).chunks().get(0) : reply.json()).path("projector_attention");

        assertThat(told).hasSize(1);
        ObjectNode want = (ObjectNode) ask(request().put("head_groups", 3));
        want.remove(List.of("object", "model"));
        assertThat(told.get(0)).isEqualTo(want);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachOfSeveralAnswersTellsWhereItLooked(boolean stream) throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode body = Chat.picture(example.image(), example.question())
                .put("stream", stream)
                .put("n", 2)
                .put("temperature", 0.8)
                .put("seed", 7);
        body.putObject("attention").put("visual", true);
        Reply reply = gateway.complete(body);
        List<JsonNode> choices = (stream ? EventStream.parse(reply.body()).chunks().stream() : Stream.of(reply.json()))
                .flatMap(chunk -> chunk.path("choices").valueStream())
                .toList();

        for (int choice = 0; choice < 2; choice++) {
            int index = choice;
            List<JsonNode> own = choices.stream()
                    .filter(each -> each.path("index").asInt() == index)
                    .toList();
            List<JsonNode> tokens = own.stream()
                    .flatMap(each -> each.at("/attention/tokens").valueStream())
                    .toList();
            String content = own.stream()
                    .map(each -> each.at(stream ? "/delta/content" : "/message/content")
                            .asString(""))
                    .collect(Collectors.joining());
            assertThat(text(tokens).strip()).isNotEmpty().isEqualTo(content.strip());
            assertThat(tokens).allSatisfy(token -> {
                assertThat(token.path("visual")).hasSize(TOKENS);
                assertThat(token.path("visual")
                                .valueStream()
                                .mapToDouble(JsonNode::asDouble)
                                .sum())
                        .isBetween(0.0, 1.0);
            });
            assertThat(own)
                    .last()
                    .satisfies(end -> assertThat(end.at("/attention/pictures")).hasSize(1));
        }
    }

    @Test
    void whoDoesNotAskForAttentionIsToldNothingOfIt() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        Reply reply = gateway.complete(Chat.of(example));

        assertThat(reply.json().path("choices").get(0).has("attention")).isFalse();
    }

    @Test
    void beamSearchTellsNoAttention() {
        ObjectNode body = Chat.text("Please describe the image.").put("num_beams", 2);
        body.putObject("attention").put("visual", true);

        assertThat(Refusal.of(gateway.complete(body), 400).path("message").asString())
                .isEqualTo("attention.visual cannot be used with beam search");
    }

    private Reply describe(boolean stream) throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode body = Chat.picture(example.image(), example.question()).put("stream", stream);
        body.putObject("attention").put("visual", true);
        Reply reply = gateway.complete(body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply;
    }

    private static String text(List<JsonNode> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.stream().flatMap(token -> token.path("bytes").valueStream()).forEach(each -> bytes.write(each.asInt()));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Row and column of the ninth of the picture where a token looked most: its attention times the projector's. */
    private static String ninth(JsonNode told, String token, JsonNode map) {
        JsonNode visual = told.path("tokens")
                .valueStream()
                .filter(each -> each.path("token").asString().equals(token))
                .findFirst()
                .orElseThrow()
                .path("visual");
        double[] ninths = new double[9];
        for (JsonNode layer : map.path("layers")) {
            for (int each = 0; each < TOKENS; each++) {
                JsonNode weights = layer.path("groups").get(0).get(each);
                int first = map.path("tokens").get(each).path("first_patch").asInt();
                for (int i = 0; i < weights.size(); i++) {
                    int patch = first + i;
                    ninths[patch / 12 / 4 * 3 + patch % 12 / 4] +=
                            visual.get(each).asDouble() * weights.get(i).asDouble();
                }
            }
        }
        int most = IntStream.range(0, 9)
                .reduce((a, b) -> ninths[a] >= ninths[b] ? a : b)
                .orElseThrow();
        return most / 3 + " " + most % 3;
    }

    private static ObjectNode request() throws IOException {
        byte[] picture = Files.readAllBytes(KnownAnswer.all().get(0).image());
        return JsonNodeFactory.instance
                .objectNode()
                .put("model", "pargo-mini")
                .put("image", "data:image/png;base64," + Base64.getEncoder().encodeToString(picture));
    }

    private JsonNode ask(ObjectNode request) {
        Reply reply = post(request);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private Reply post(ObjectNode request) {
        return gateway.send(gateway.request("/v1/attention")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(request.toString()))
                .build());
    }
}

package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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

    private static ObjectNode request() throws IOException {
        byte[] picture = Files.readAllBytes(Example.all().get(0).image());
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

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.QueryTokens;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a projector of 2 partial tokens and 1 global one looks at, as an option of a chat request. Two of its layers have
 * cross-attention, of 4 heads.
 */
class ProjectorAttentionTest {

    private static final int PATCHES = 576;
    private static final String ASKED = "'attention':{'projector':true}";

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start(stages -> stages.projector.description = stages.projector.description.toBuilder()
                    .setQueryTokens(QueryTokens.newBuilder()
                            .setPartial(2)
                            .setGlobal(1)
                            .setPatches(PATCHES)
                            .setHeads(4)
                            .addAllCrossLayers(List.of(0, 2)))
                    .build());

    @RegisterExtension
    static final GatewayExtension mlp =
            GatewayExtension.start(stages -> stages.projector.description = stages.projector.description.toBuilder()
                    .setIdentity(LoopbackStages.identity("mlp", "p2"))
                    .build());

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void isToldByLayerGroupOfHeadsAndToken() throws Exception {
        JsonNode told = json(ask("'attention':{'projector':true,'head_groups':2}", Bodies.image(7, "What?")))
                .path("projector_attention");

        assertThat(told).hasSize(1);
        JsonNode picture = told.get(0);
        assertThat(picture.at("/grid/rows").asInt()).isEqualTo(24);
        assertThat(picture.path("head_groups").asInt()).isEqualTo(2);
        assertThat(picture.path("tokens").findValuesAsString("kind")).containsExactly("partial", "partial", "global");
        assertThat(picture.at("/tokens/1/first_patch").asInt()).isEqualTo(PATCHES / 2);
        assertThat(picture.path("layers")
                        .valueStream()
                        .map(layer -> layer.path("layer").asInt()))
                .containsExactly(0, 2);
        for (int layer = 0; layer < 2; layer++) {
            for (int group = 0; group < 2; group++) {
                for (int token = 0; token < 3; token++) {
                    JsonNode weights = picture.at("/layers/%d/groups/%d/%d".formatted(layer, group, token));
                    assertThat(weights).hasSize(token < 2 ? PATCHES / 2 : PATCHES);
                    assertThat(weights.get(0).asDouble()).isEqualTo(((layer * 2 + group) * 3 + token) / 1000.0);
                }
            }
        }
    }

    @Test
    void isMadeWithTheVisualTokensFromTheSameFeatures() throws Exception {
        JsonNode answer = json(ask(ASKED, Bodies.image(7, "What?")));

        assertThat(stages.encoder.behaviour.calls).hasValue(1);
        assertThat(stages.requestIds)
                .extracting(call -> call.substring(0, call.indexOf(' ')))
                .containsExactlyInAnyOrder("Encode", "Project", "Attend", "Generate");
        assertThat(answer.at("/choices/0/message/content").asString()).contains("[7 x ");
    }

    @Test
    void ofSeveralPicturesIsToldInTheirOrder() throws Exception {
        String two = """
                {"model":"loopback","messages":[{"role":"user","content":[
                 {"type":"image_url","image_url":"%s"},{"type":"image_url","image_url":"%s"}]}]}""".formatted(Bodies.dataUrl(1, 100), Bodies.dataUrl(2, 100));

        assertThat(json(ask(ASKED, two)).path("projector_attention")).hasSize(2);
    }

    @Test
    void isToldOnceHoweverManyAnswersThereAre() throws Exception {
        String body = ask(ASKED + ",'n':3", Bodies.image(7, "What?")).body();

        assertThat(JsonMapper.shared().readTree(body).path("choices")).hasSize(3);
        assertThat(body.split("\"layers\"", -1)).hasSize(2);
    }

    @Test
    void comesBeforeTheWordsOfAStream() throws Exception {
        for (String usage : List.of("", ",'stream_options':{'include_usage':true}")) {
            List<String> events = List.of(
                    ask(ASKED + usage, Bodies.imageStream(7, "What?")).body().split("\n\n"));

            assertThat(events.get(0)).contains("\"role\":\"assistant\"", "\"projector_attention\":[{");
            assertThat(events.subList(1, events.size())).noneMatch(event -> event.contains("projector_attention"));
            assertThat(events).last().isEqualTo("data: [DONE]");
        }
    }

    @Test
    void isNotToldUnasked() throws Exception {
        assertThat(ask("'attention':{'visual':false}", Bodies.image(7, "What?")).body())
                .doesNotContain("projector_attention");
        assertThat(stages.requestIds).noneMatch(call -> call.startsWith("Attend"));
    }

    @Test
    void ofNoPictureIsAnEmptyList() throws Exception {
        JsonNode told = json(ask(ASKED, Bodies.text("Hello"))).path("projector_attention");

        assertThat(told.isArray()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void isRefusedByNameWhereTheProjectorHasNone() throws Exception {
        HttpResponse<String> response = mlp.gateway.chat(with(ASKED, Bodies.image(7, "What?")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains(
                        "attention.projector: the model's projector (mlp) has no cross-attention",
                        "\"param\":\"attention.projector\"",
                        "\"code\":\"no_attention\"");
    }

    @Test
    void isRefusedInGroupsThatTheHeadsCannotBeDividedInto() throws Exception {
        assertRefused(
                "'attention':{'projector':true,'head_groups':3}",
                "attention.head_groups is 3, but must divide the 4 heads");
        assertRefused(
                "'attention':{'projector':true,'head_groups':0}", "attention.head_groups must be between 1 and 1024");
        assertRefused("'attention':{'head_groups':2}", "attention.head_groups needs attention.projector to be true");
    }

    private static void assertRefused(String fields, String message) throws Exception {
        HttpResponse<String> response = ask(fields, Bodies.image(7, "What?"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains(message, "\"param\":\"attention.head_groups\"");
    }

    /** A replica that fails is asked again, for both. */
    @Test
    void isMadeAgainWhenAStageIsLost() throws Exception {
        stages.projector.behaviour.failures.add(io.grpc.Status.UNAVAILABLE.asRuntimeException());

        assertThat(json(ask(ASKED, Bodies.image(7, "What?"))).path("projector_attention"))
                .hasSize(1);
    }

    @Test
    void itsMemoryIsCountedAndGivenBack() throws Exception {
        ask(ASKED, Bodies.image(7, "What?"));
        ask(ASKED, Bodies.imageStream(7, "What?"));
        ask("'attention':{'projector':true,'head_groups':3}", Bodies.image(7, "What?"));

        await().untilAsserted(() -> assertThat(
                        Arrays.asList(gateway.actuator("prometheus").body().split("\n")))
                .contains("pargo_gateway_visual_held_bytes 0.0"));
    }

    private static HttpResponse<String> ask(String fields, String body) throws Exception {
        return gateway.chat(with(fields, body));
    }

    private static String with(String fields, String body) {
        return "{" + fields.replace('\'', '"') + "," + body.strip().substring(1);
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}

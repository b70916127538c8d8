package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A picture that was sent with a uuid need not be sent again. */
class PictureUuidTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start(
            "--PARGO_API_KEYS=alice %s;bob %s".formatted(KeyHash.of("of-alice"), KeyHash.of("of-bob")));

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @ParameterizedTest
    @ValueSource(strings = {"", "\"image_url\":null,", "\"image_url\":{},", "\"image_url\":{\"url\":null},"})
    void aKnownPictureNeedNotBeSentAgain(String noUrl) throws Exception {
        String uuid = "cat-" + noUrl.length();
        HttpResponse<String> first = ask("of-alice", sent(7, uuid));

        HttpResponse<String> second = ask("of-alice", noUrl + "\"uuid\":\"%s\"".formatted(uuid));

        assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
        assertThat(json(second).at("/choices/0/message/content"))
                .isEqualTo(json(first).at("/choices/0/message/content"));
        assertThat(json(second).at("/usage/prompt_tokens_details/cached_images").asInt())
                .isEqualTo(1);
        assertThat(stages.encoder.behaviour.calls).hasValue(1);
    }

    @Test
    void aUuidIsKnownToItsKeyOnly() throws Exception {
        ask("of-alice", sent(7, "secret"));

        unknown(ask("of-bob", "\"uuid\":\"secret\""));

        assertThat(ask("of-alice", "\"uuid\":\"secret\"").statusCode()).isEqualTo(200);
    }

    @Test
    void anUnknownUuidIsNamed() throws Exception {
        unknown(ask("of-alice", "\"uuid\":\"never-sent\""));
    }

    @Test
    void whatIsSentGoesBeforeWhatIsKnown() throws Exception {
        ask("of-alice", sent(7, "changing"));

        assertThat(ask("of-alice", sent(8, "changing")).body()).contains("[8 x");
        assertThat(ask("of-alice", "\"uuid\":\"changing\"").body()).contains("[8 x");
    }

    @Test
    void aPictureWhoseVisualTokensAreGoneIsUnknown() throws Exception {
        ask("of-alice", sent(7, "mortal"));
        stages.serve("r2");
        gateway.awaitReadiness(200);

        // The new encoder has not seen it; until it has taken over, the old one has. Between the two there is no
        // complete set.
        HttpResponse<String> answer = ask("of-alice", "\"uuid\":\"mortal\"");
        for (int i = 0; answer.statusCode() != 400 && i < 50; i++) {
            Thread.sleep(100);
            answer = ask("of-alice", "\"uuid\":\"mortal\"");
        }
        unknown(answer);
        assertThat(ask("of-alice", sent(7, "mortal")).statusCode()).isEqualTo(200);
        assertThat(ask("of-alice", "\"uuid\":\"mortal\"").statusCode()).isEqualTo(200);
    }

    private static void unknown(HttpResponse<String> answer) {
        JsonNode error = json(answer).path("error");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error.path("param").asString()).isEqualTo("messages[0].content[1].uuid");
        assertThat(error.path("code").asString()).isEqualTo("unknown_image_uuid");
        assertThat(error.path("message").asString())
                .isEqualTo("messages[0].content[1].uuid: this picture is not known, or not any more; send it again");
    }

    private static String sent(int firstByte, String uuid) {
        return "\"image_url\":{\"url\":\"%s\"},\"uuid\":\"%s\"".formatted(Bodies.dataUrl(firstByte, 100), uuid);
    }

    private static HttpResponse<String> ask(String key, String picture) throws Exception {
        HttpRequest request = gateway.chatRequest("""
                        {"model":"loopback","messages":[{"role":"user","content":[
                         {"type":"text","text":"Hm?"},{"type":"image_url",%s}]}]}""".formatted(picture))
                .header("authorization", "Bearer " + key)
                .build();
        return gateway.send(request);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}

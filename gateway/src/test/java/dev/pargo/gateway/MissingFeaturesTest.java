package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.LlmCapabilities;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An LLM service that cannot do all that others can. */
class MissingFeaturesTest {

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start(stages -> stages.llm.description = stages.llm.description.toBuilder()
                    .setCapabilities(LlmCapabilities.getDefaultInstance())
                    .build());

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void beamSearchIsRefusedByNameBeforeThePictureIsEncoded() throws Exception {
        assertRefused(with(Bodies.image(7, "Hm?"), "'num_beams':4"), "use_beam_search");
    }

    @Test
    void attentionIsRefusedByName() throws Exception {
        assertRefused(with(Bodies.image(7, "Hm?"), "'attention':{'visual':true}"), "attention.visual");
    }

    @Test
    void aRepetitionPenaltyIsRefusedByNameForPicturesOnly() throws Exception {
        assertRefused(with(Bodies.image(7, "Hm?"), "'repetition_penalty':1.5"), "repetition_penalty");
        assertThat(ask(with(Bodies.text("Hm?"), "'repetition_penalty':1.5")).statusCode())
                .isEqualTo(200);
        assertThat(ask(with(Bodies.image(7, "Hm?"), "'repetition_penalty':1")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theListOfModelsSaysSo() throws Exception {
        assertThat(gateway.get("/v1/models").body())
                .contains(
                        "\"features\":{\"beam_search\":false,\"visual_attention\":false,\"repetition_penalty_with_pictures\":false}");
    }

    private static void assertRefused(String body, String field) throws Exception {
        HttpResponse<String> response = ask(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("\"param\":\"%s\"".formatted(field), "\"code\":\"unsupported_parameter\"")
                .contains("not available with this model");
        assertThat(stages.encoder.behaviour.calls).hasValue(0);
        assertThat(stages.llm.starts).isEmpty();
    }

    private static String with(String body, String fields) {
        return "{" + fields.replace('\'', '"') + "," + body.substring(1);
    }

    private static HttpResponse<String> ask(String body) throws Exception {
        return gateway.post("/v1/chat/completions", body);
    }
}

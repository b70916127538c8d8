package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.QueryTokens;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The metrics that Prometheus reads from the gateway. */
class MetricsTest {

    private static final String ASKED = """
            {"model": "%s", "messages": [{"role": "user", "content": "Hello"}]}""";

    @Test
    void haveTheNamesAndAttributesOfTheConventions() throws Exception {
        try (LoopbackStages stages = new LoopbackStages();
                RunningGateway gateway = RunningGateway.start(stages)) {
            assertThat(gateway.chat(ASKED.formatted("loopback")).statusCode()).isEqualTo(200);
            assertThat(gateway.chat(ASKED.formatted("unheard-of")).statusCode()).isEqualTo(404);

            String operation = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"pargo\","
                    + "gen_ai_request_model=\"%1$s\",gen_ai_response_model=\"%1$s\"";
            String answered = operation.formatted("loopback");
            // A request is counted when it has ended, which is after its client has read the answer.
            await().untilAsserted(() -> assertThat(lines(gateway))
                    .contains(
                            "gen_ai_server_time_to_first_token_seconds_count{%s} 1".formatted(answered),
                            "gen_ai_server_time_per_output_token_seconds_count{%s} 1".formatted(answered),
                            "gen_ai_server_request_duration_seconds_count{error_type=\"\",%s} 1".formatted(answered),
                            "gen_ai_server_request_duration_seconds_count{error_type=\"client_error\",%s} 1"
                                    .formatted(operation.formatted("")),
                            "pargo_gateway_active 0.0"));
            assertThat(lines(gateway))
                    .anyMatch(line -> line.startsWith("gen_ai_server_time_to_first_token_seconds_bucket"));
        }
    }

    @Test
    void countRequestsForAttention() throws Exception {
        try (LoopbackStages stages = withQueryTokens();
                RunningGateway gateway = RunningGateway.start(stages)) {
            String picture = "{\"image\": \"%s\"}".formatted(Bodies.dataUrl(7, 100));
            assertThat(gateway.post("/v1/attention", picture).statusCode()).isEqualTo(200);
            assertThat(gateway.post("/v1/attention", "{}").statusCode()).isEqualTo(400);

            String count = "gen_ai_server_request_duration_seconds_count{error_type=\"%1$s\","
                    + "gen_ai_operation_name=\"attention\",gen_ai_provider_name=\"pargo\","
                    + "gen_ai_request_model=\"%2$s\",gen_ai_response_model=\"%2$s\"} 1";
            await().untilAsserted(() -> assertThat(lines(gateway))
                    .contains(count.formatted("", "loopback"), count.formatted("client_error", "")));
        }
    }

    /** Stages whose projector can tell what its query tokens look at. */
    private static LoopbackStages withQueryTokens() throws IOException {
        LoopbackStages stages = new LoopbackStages();
        stages.projector.description = stages.projector.description.toBuilder()
                .setQueryTokens(QueryTokens.newBuilder()
                        .setPartial(2)
                        .setGlobal(1)
                        .setPatches(576)
                        .setHeads(4)
                        .addCrossLayers(0))
                .build();
        return stages;
    }

    private static List<String> lines(RunningGateway gateway) throws IOException, InterruptedException {
        return gateway.actuator("prometheus").body().lines().toList();
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Prometheus reads of the gateway. */
class MetricsTest {

    private static final String ASKED = """
            {"model": "%s", "messages": [{"role": "user", "content": "Hello"}]}""";

    @Test
    void haveTheNamesAndAttributesOfTheConventions() throws Exception {
        try (LoopbackStages stages = new LoopbackStages();
                RunningGateway gateway = RunningGateway.start(stages)) {
            assertThat(gateway.chat(ASKED.formatted("loopback")).statusCode()).isEqualTo(200);
            assertThat(gateway.chat(ASKED.formatted("unheard-of")).statusCode()).isEqualTo(404);

            List<String> lines = gateway.actuator("prometheus").body().lines().toList();

            String operation = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"pargo\","
                    + "gen_ai_request_model=\"%1$s\",gen_ai_response_model=\"%1$s\"";
            String answered = operation.formatted("loopback");
            assertThat(lines)
                    .contains(
                            "gen_ai_server_time_to_first_token_seconds_count{%s} 1".formatted(answered),
                            "gen_ai_server_time_per_output_token_seconds_count{%s} 1".formatted(answered),
                            "gen_ai_server_request_duration_seconds_count{error_type=\"\",%s} 1".formatted(answered),
                            "gen_ai_server_request_duration_seconds_count{error_type=\"client_error\",%s} 1"
                                    .formatted(operation.formatted("")));
            assertThat(lines).anyMatch(line -> line.startsWith("gen_ai_server_time_to_first_token_seconds_bucket"));
            assertThat(lines).contains("pargo_gateway_active 0.0");
        }
    }
}

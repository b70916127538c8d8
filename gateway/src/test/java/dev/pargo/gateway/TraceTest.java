package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that does not send traces. It still passes on the traces of clients. */
class TraceTest {

    private static final String CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void openTelemetryIsLeftOut() {
        assertThat(gateway.beans()).noneMatch(name -> name.toLowerCase().contains("otel"));
        assertThat(gateway.beans()).contains("noTracer");
    }

    @Test
    void aClientsTraceReachesTheStages() throws Exception {
        assertThat(ask(CLIENT)).isEqualTo(200);

        assertThat(stages.traceParents).hasSize(3).containsOnly(CLIENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"})
    void whatIsNoTraceIsNotPassedOn(String header) throws Exception {
        assertThat(ask(header)).isEqualTo(200);

        assertThat(stages.traceParents).isEmpty();
    }

    private static int ask(String traceParent) throws Exception {
        HttpRequest request = gateway.chatRequest(Bodies.image(7, "Hm?"))
                .header("traceparent", traceParent)
                .build();
        return gateway.send(request).statusCode();
    }
}

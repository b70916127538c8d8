package dev.pargo.evaluation.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionLoadTest {

    private static final Duration TIME = Duration.ofMillis(500);

    @Test
    void aClosedLoopWaitsForAnswers() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(
                        request -> AnswerScript.answer("a", "b").after(20));
                ConnectionLoad load = new ConnectionLoad(endpoint.url().getPort(), 2)) {
            ConnectionLoad.Result result = load.closed(Requests.text(), TIME);

            assertThat(result.answered()).isEqualTo(endpoint.requests().size()).isBetween(2, 50);
            assertThat(endpoint.mostUnderWay()).isEqualTo(2);
            assertThat(result.millis().p50()).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void timesCountFromWhenARequestWasDue() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(
                        request -> AnswerScript.answer("a", "b").after(20));
                ConnectionLoad load = new ConnectionLoad(endpoint.url().getPort(), 1)) {
            // Requests are due every 10 ms and take 20: each waits for 10 ms longer than the one before it.
            ConnectionLoad.Result result = load.open(Requests.text(), 100, TIME);

            assertThat(result.answered()).isEqualTo(50);
            assertThat(result.millis().p50()).isGreaterThan(200);
            assertThat(result.millis().p99()).isGreaterThan(450);
        }
    }

    @Test
    void readsStreams() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("a", "b", "c"));
                ConnectionLoad load = new ConnectionLoad(endpoint.url().getPort(), 1)) {
            assertThat(load.closed(Requests.stream(3), TIME).answered())
                    .isEqualTo(endpoint.requests().size())
                    .isGreaterThan(1);
        }
    }

    @Test
    void aRefusalEndsTheMeasurement() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.refusal(503));
                ConnectionLoad load = new ConnectionLoad(endpoint.url().getPort(), 1)) {
            assertThatThrownBy(() -> load.closed(Requests.text(), TIME))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("503");
        }
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The memory of the gateway while the LLM reads nothing. Visual tokens of an image take 4.75 MB, so two fit. */
class VisualBudgetTest {

    private LoopbackStages stages;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        stages = new LoopbackStages();
        gateway = RunningGateway.start(stages, "--pargo.gateway.max-visual-bytes=10MB");
        stages.llm.behaviour.hang = true;
    }

    @AfterEach
    void stop() {
        // The stages are closed first, because hanging calls would delay the closing of the gateway.
        stages.close();
        gateway.close();
    }

    @Test
    void refusesMoreThanItMayHold() throws Exception {
        CompletableFuture<HttpResponse<String>> first = gateway.chatAsync(Bodies.image(1, "Hm?"));
        gateway.chatAsync(Bodies.image(2, "Hm?"));
        awaitLlmCalls(2);

        HttpResponse<String> third = gateway.chat(Bodies.image(3, "Hm?"));

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(third.body()).contains("The gateway holds no more visual tokens at the moment");
        assertThat(held()).isBetween(9e6, 10e6);

        first.cancel(true);
        await().until(() -> held() < 5e6);
        stages.llm.behaviour.hang = false;
        assertThat(gateway.chat(Bodies.image(3, "Hm?")).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsKnownTakesNoMore() throws Exception {
        String known = Bodies.image(1, "Hm?");
        gateway.chatAsync(known);
        awaitLlmCalls(1);
        for (int i = 0; i < 4; i++) {
            gateway.chatAsync(known);
        }
        awaitLlmCalls(5);
        assertThat(held()).isBetween(4e6, 5e6);
    }

    private void awaitLlmCalls(int calls) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> stages.llm.behaviour.calls.get() == calls);
    }

    private double held() {
        return gateway.gauge("pargo.gateway.visual.held");
    }
}

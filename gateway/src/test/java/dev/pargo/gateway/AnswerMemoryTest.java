package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The memory of answers that are sent as a whole. The LLM repeats what it is told; two answers of 5,000 letters fit. */
class AnswerMemoryTest {

    private static final String TOO_LONG = "x".repeat(8_000);
    /** The LLM stalls before the second message. */
    private static final String LONG = """
            {"messages":[{"role":"user","content":"%s"},{"role":"user","content":"Hm?"}]}""".formatted("x".repeat(5_000));

    private LoopbackStages stages;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        stages = new LoopbackStages();
        gateway =
                RunningGateway.start(stages, "--pargo.gateway.max-answer-bytes=200KB", "--pargo.replicas.patience=10s");
    }

    @AfterEach
    void stop() {
        stages.close();
        gateway.close();
    }

    @Test
    void anAnswerThatCanNeverFitIsRefusedWithTheLimit() throws Exception {
        HttpResponse<String> whole = gateway.chat(Bodies.text(TOO_LONG));

        assertThat(whole.statusCode()).isEqualTo(400);
        assertThat(whole.body())
                .contains("answer_too_large", "The answer is larger than 6400 bytes; ask for a stream, or for fewer");
        assertThat(gateway.chat(Bodies.textStream(TOO_LONG)).body()).contains(TOO_LONG, "[DONE]");
        assertNothingIsHeld();
    }

    @Test
    void refusesMoreThanItMayHold() throws Exception {
        stages.llm.stallAfter = 2;
        CompletableFuture<HttpResponse<String>> first = gateway.chatAsync(LONG);
        gateway.chatAsync(LONG);
        await().until(() -> held() > 160_000);
        stages.llm.stallAfter = Integer.MAX_VALUE;

        HttpResponse<String> third = gateway.chat(LONG);

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(third.body()).contains("The gateway has no memory for more answers at the moment");

        first.cancel(true);
        await().until(() -> held() < 100_000);
        assertThat(gateway.chat(LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerThatIsWrittenAgainIsCountedOnce() throws Exception {
        stages.llm.stallAfter = 2;
        CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(LONG);
        await().until(() -> held() > 80_000);
        stages.llm.stallAfter = Integer.MAX_VALUE;

        stages.stopLlm();
        stages.startLlm();

        assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
        assertNothingIsHeld();
    }

    private void assertNothingIsHeld() {
        await().untilAsserted(() -> assertThat(held()).isZero());
    }

    private double held() {
        return gateway.gauge("pargo.gateway.answers.held");
    }
}

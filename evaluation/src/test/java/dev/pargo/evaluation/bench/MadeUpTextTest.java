package dev.pargo.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MadeUpTextTest {

    @Test
    void hasTheLengthAndNeverRepeats() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("x"))) {
            ChatClient client = new ChatClient(endpoint.url(), null, Duration.ofSeconds(10));

            MadeUpText text = MadeUpText.ofTokens(200, client, "scripted", 1);

            // The endpoint counts ten tokens for its template and two for a word.
            assertThat(text.apply(0).split(" ")).hasSize(95);
            assertThat(text.apply(1)).isNotEqualTo(text.apply(0));
            assertThat(MadeUpText.ofTokens(200, client, "scripted", 1).apply(1)).isEqualTo(text.apply(1));
        }
    }
}

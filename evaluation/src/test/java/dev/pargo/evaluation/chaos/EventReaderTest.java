package dev.pargo.evaluation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventReaderTest {

    private static final String TEXT = event("{\"choices\":[{\"delta\":{\"content\":\"a cat\"}}]}");
    private static final String FINISH = event("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
    private static final String ERROR = event("{\"error\":{\"message\":\"lost\"}}");
    private static final String DONE = event("[DONE]");

    @Test
    void wholeAnswerIsAnAnswer() {
        assertThat(read(TEXT + FINISH + DONE)).isEqualTo(Verdict.answer("a cat"));
    }

    @Test
    void oneErrorEventBreaksAnAnswerOff() {
        Verdict verdict = read(TEXT + ERROR);

        assertThat(verdict.outcome()).isEqualTo(ClientOutcome.BROKEN_OFF);
        assertThat(verdict.text()).isEqualTo("a cat");
    }

    @Test
    void anyOtherEndIsAFailure() {
        assertThat(read(TEXT)).extracting(Verdict::outcome).isEqualTo(ClientOutcome.FAILED);
        assertThat(read(TEXT + DONE)).extracting(Verdict::outcome).isEqualTo(ClientOutcome.FAILED);
        assertThat(read(TEXT + ERROR + ERROR)).extracting(Verdict::outcome).isEqualTo(ClientOutcome.FAILED);
        assertThat(read(TEXT + ERROR + DONE)).extracting(Verdict::outcome).isEqualTo(ClientOutcome.FAILED);
        assertThat(read(TEXT + FINISH + DONE + TEXT))
                .extracting(Verdict::outcome)
                .isEqualTo(ClientOutcome.FAILED);
    }

    @Test
    void whatArrivesInPiecesIsReadAsAWhole() {
        EventReader events = new EventReader();
        for (byte each :
                (event("{\"choices\":[{\"delta\":{\"content\":\"a caf\u00e9\"}}]}") + FINISH + DONE).getBytes(UTF_8)) {
            events.accept(Optional.of(new byte[] {each}));
        }

        assertThat(events.verdict()).isEqualTo(Verdict.answer("a caf\u00e9"));
    }

    @Test
    void aConnectionMayBreakBehindTheErrorButNotWithoutIt() {
        EventReader told = new EventReader();
        told.accept(Optional.of((TEXT + ERROR).getBytes(UTF_8)));
        told.breakOff(new IOException("reset"));
        EventReader untold = new EventReader();
        untold.accept(Optional.of((TEXT + FINISH + DONE).getBytes(UTF_8)));
        untold.breakOff(new IOException("reset"));

        assertThat(told.verdict().outcome()).isEqualTo(ClientOutcome.BROKEN_OFF);
        assertThat(untold.verdict().outcome()).isEqualTo(ClientOutcome.FAILED);
    }

    private static Verdict read(String body) {
        EventReader events = new EventReader();
        events.accept(Optional.of(body.getBytes(UTF_8)));
        events.accept(Optional.empty());
        return events.verdict();
    }

    private static String event(String data) {
        return "data: " + data + "\n\n";
    }
}

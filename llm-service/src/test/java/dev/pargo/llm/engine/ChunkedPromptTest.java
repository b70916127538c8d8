package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.PromptPart;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChunkedPromptTest {

    /** Of {@link PargoMini#properties}. */
    private static final int ROWS_BESIDE_ANSWERS = 32;

    @Test
    void aLongPromptDoesNotStallAnAnswerThatIsBeingWritten() throws InterruptedException {
        List<PromptPart> longPrompt = PargoMini.aboutImage(1, PargoMini.DESCRIBE);
        int rows = longPrompt.stream().mapToInt(PromptPart::length).sum();
        int chunks = (rows + ROWS_BESIDE_ANSWERS - 1) / ROWS_BESIDE_ANSWERS;
        try (PargoMini mini = new PargoMini(PargoMini.properties(2, 2, false))) {
            Standstill still = new Standstill();
            CollectedAnswer answer =
                    mini.submit(Asked.of(PargoMini.text("hello")).endless(60), still);
            still.begun();
            AtomicInteger written = new AtomicInteger();
            CollectedAnswer newcomer = mini.submit(
                    Asked.of(longPrompt).endless(1),
                    () -> written.set(answer.pieces().size()));
            still.end();
            newcomer.summary();
            // One token in each step with a chunk, after the token at which the engine was stopped.
            assertThat(chunks).isGreaterThan(3);
            assertThat(written.get()).isBetween(chunks, chunks + 1);
        }
    }
}

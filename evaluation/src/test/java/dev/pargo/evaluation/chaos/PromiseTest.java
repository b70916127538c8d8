package dev.pargo.evaluation.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.example.Example;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PromiseTest {

    private static final Duration USUAL = Duration.ofSeconds(1);
    private static final Ask ASK = Ask.plain(new Example("1", new byte[0], "Is it red?", "Yes."));
    private static final Ask LONG_ONE = new Ask(ASK.question(), true, false, true, Ask.PATIENCE);

    @Test
    void everyLossThatIsNotPromisedBreaksIt() {
        assertThat(Promise.NOTHING_IS_LOST.broken(tally(ASK, ClientOutcome.REFUSED, 0, 1), 0, USUAL))
                .hasSize(1);
        assertThat(Promise.REFUSALS.broken(tally(ASK, ClientOutcome.REFUSED, 0, 1), 0, USUAL))
                .isEmpty();
        assertThat(Promise.REFUSALS.broken(tally(ASK, ClientOutcome.WRONG, 0, 1), 0, USUAL))
                .hasSize(1);
    }

    @Test
    void hangCostsCallersNoMoreThanThreeSeconds() {
        Promise promise = Promise.NOTHING_IS_LOST.whereAReplicaHangs();

        assertThat(promise.broken(tally(ASK, ClientOutcome.RIGHT, 0, 4), 0, USUAL))
                .isEmpty();
        assertThat(promise.broken(tally(ASK, ClientOutcome.RIGHT, 0, 5), 0, USUAL))
                .hasSize(1);
        assertThat(promise.broken(tally(LONG_ONE, ClientOutcome.RIGHT, 0, 5), 0, USUAL))
                .isEmpty();
    }

    @Test
    void brokenStreamEndsWithinTenSecondsOfTheFault() {
        Promise promise = Promise.STREAMS_MAY_BREAK_OFF;

        assertThat(promise.broken(tally(LONG_ONE, ClientOutcome.BROKEN_OFF, 0, 12), seconds(3), USUAL))
                .isEmpty();
        assertThat(promise.broken(tally(LONG_ONE, ClientOutcome.BROKEN_OFF, 0, 12), seconds(1), USUAL))
                .hasSize(1);
    }

    private static Tally tally(Ask ask, ClientOutcome outcome, long begun, long ended) {
        Attempt attempt = new Attempt(ask, outcome, seconds(begun), seconds(ended), "");
        return new Tally(List.of(attempt), 0, seconds(20));
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** An engine whose steps a test makes one by one, so that what happens when is certain. */
final class SteppedEngine implements AutoCloseable {

    private static final double CONTEXT_PAGES = 512.0 / KvCache.PAGE_TOKENS;

    /** Far more than any of the tests needs: requests that only suspend one another would go on for ever. */
    private static final int MOST_STEPS = 20_000;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Engine engine;

    /** @param turn after which an answer makes way for another client */
    SteppedEngine(int sequences, int pages, Duration turn) {
        this(sequences, pages, turn, PargoMini.LM);
    }

    /** An engine for a model that the caller has loaded. */
    SteppedEngine(int sequences, int pages, Duration turn, CausalLm lm) {
        double contexts = pages / CONTEXT_PAGES * lm.kvBytesPerToken() / PargoMini.LM.kvBytesPerToken();
        engine = PargoMini.newEngine(PargoMini.properties(sequences, contexts, true, turn), lm, meters);
    }

    CollectedAnswer submit(Asked asked) {
        return submit(asked, new CollectedAnswer());
    }

    CollectedAnswer submit(Asked asked, CollectedAnswer answer) {
        answer.generation = engine.submit(asked.request(), answer);
        return answer;
    }

    void step() {
        engine.step();
    }

    void stepUntil(BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == MOST_STEPS) {
                throw new AssertionError("no end after %d steps".formatted(i));
            }
            engine.step();
        }
    }

    int usedPages() {
        return engine.pages() - engine.availablePages();
    }

    double count(String counter) {
        return meters.get(counter).counter().count();
    }

    double gauge(String gauge) {
        return meters.get(gauge).gauge().value();
    }

    @Override
    public void close() {
        engine.close();
    }
}

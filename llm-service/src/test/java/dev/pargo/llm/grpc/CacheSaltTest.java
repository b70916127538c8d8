package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.GenerateStart;
import org.junit.jupiter.api.Test;

/** The content of the KV cache is used and reported only for requests with the same salt. */
class CacheSaltTest extends RunningLlmService {

    @Test
    void promptsOfDifferentSaltsShareNothing() throws Exception {
        assertThat(cached("one")).isZero();
        assertThat(cached("two")).isZero();
        assertThat(cached("one")).isPositive();
    }

    private int cached(String salt) throws Exception {
        GenerateStart start = text("A sentence that no other test of this service sends to it")
                .setMaxTokens(1)
                .setCacheSalt(salt)
                .build();
        return ask(start).finished().getCachedTokens();
    }
}

package dev.pargo.gateway.exchange;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.service.admission.SharedCapacity;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Bounds the memory of answers that are collected and sent as a whole. Log probabilities make them large, and clients
 * may read them slowly. No client can take all of it. Thread-safe.
 */
@Component
final class AnswerMemory {

    private static final Duration RETRY = Duration.ofSeconds(1);
    /** A larger part of the heap could crash the gateway. */
    private static final int HEAP_FRACTION = 4;
    /** Memory for a byte of an LLM's message: the message's objects, and those that are written as JSON. */
    private static final int MEMORY_PER_BYTE = 16;

    private final long capacity;
    private final SharedCapacity memory;

    AnswerMemory(GatewayProperties properties, MeterRegistry metrics) {
        this.capacity = Math.min(
                properties.maxAnswerBytes().toBytes(), Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
        this.memory = new SharedCapacity(capacity);
        Gauge.builder("pargo.gateway.answers.held", memory, SharedCapacity::taken)
                .description("Memory of answers that are collected")
                .baseUnit("bytes")
                .register(metrics);
    }

    /** The share of one request, empty at first. */
    Share open(String client) {
        return new Share(client);
    }

    /** What the answers to one request hold, until it is closed. Confined to the request's thread. */
    final class Share implements AutoCloseable {

        private final String client;
        private long held;

        private Share(String client) {
            this.client = client;
        }

        /**
         * Counts a part of an answer.
         *
         * @param bytes size of the LLM's message
         * @throws GatewayException INVALID_REQUEST if the answer can never fit, BUSY if there is no room for it now
         */
        void add(int bytes) {
            long more = (long) MEMORY_PER_BYTE * bytes;
            if (held + more > capacity / 2) {
                throw GatewayException.invalid(
                        null,
                        "answer_too_large",
                        "The answer is larger than %d bytes; ask for a stream, or for fewer tokens, choices or log probabilities"
                                .formatted(capacity / 2 / MEMORY_PER_BYTE));
            }
            if (!memory.tryTake(client, more)) {
                throw GatewayException.busy("The gateway has no memory for more answers at the moment", RETRY);
            }
            held += more;
        }

        /** Gives back what was counted for these bytes. */
        void remove(int bytes) {
            release((long) MEMORY_PER_BYTE * bytes);
        }

        @Override
        public void close() {
            release(held);
        }

        private void release(long amount) {
            held -= amount;
            memory.release(client, amount);
        }
    }
}

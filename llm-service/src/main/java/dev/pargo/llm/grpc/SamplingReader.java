package dev.pargo.llm.grpc;

import dev.pargo.models.llm.Sampling;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.GenerateStart;
import java.util.concurrent.ThreadLocalRandom;

/** Reads how an answer is to be decoded, and refuses what is out of range. */
final class SamplingReader {

    private SamplingReader() {}

    /** @throws io.grpc.StatusRuntimeException INVALID_FIELD naming the field and its range */
    static void check(GenerateStart start) {
        dev.pargo.proto.v1.Sampling sampling = start.getSampling();
        require(start.getMaxTokens() >= 0, "max_tokens", start.getMaxTokens(), "at least 0");
        require(sampling.getTemperature() >= 0, "temperature", sampling.getTemperature(), "at least 0");
        require(sampling.getTopK() >= 0, "top_k", sampling.getTopK(), "at least 0");
        require(sampling.getTopP() >= 0 && sampling.getTopP() <= 1, "top_p", sampling.getTopP(), "between 0 and 1");
        require(start.getStopList().stream().noneMatch(String::isEmpty), "stop", "\"\"", "not empty");
    }

    static Sampling sampling(GenerateStart start) {
        dev.pargo.proto.v1.Sampling sampling = start.getSampling();
        return new Sampling(
                sampling.getTemperature(), sampling.getTopK(), sampling.getTopP() == 0 ? 1 : sampling.getTopP());
    }

    static long seed(GenerateStart start) {
        return start.getSampling().hasSeed()
                ? start.getSampling().getSeed()
                : ThreadLocalRandom.current().nextLong();
    }

    private static void require(boolean condition, String field, Object value, String range) {
        if (!condition) {
            throw new StageError(ErrorReason.INVALID_FIELD, "%s is %s, but must be %s".formatted(field, value, range))
                    .toException();
        }
    }
}

package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.BeamOptions;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.Penalties;
import dev.pargo.llm.engine.PromptKeys;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Sampling;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.GenerateStart;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Reads how answers are to be written, and refuses what is out of range. */
final class RequestReader {

    /** Alternatives that may be reported with each token, as in OpenAI's API. */
    private static final int MOST_LOGPROBS = 20;

    private final GenerateStart start;
    private final LlmHost host;

    /** @throws io.grpc.StatusRuntimeException INVALID_FIELD naming the field and its range */
    RequestReader(GenerateStart start, LlmHost host) {
        this.start = start;
        this.host = host;
        check(start.getSampling());
        require(start.getMaxTokens() >= 0, "max_tokens", start.getMaxTokens(), "at least 0");
        require(start.getMinTokens() >= 0, "min_tokens", start.getMinTokens(), "at least 0");
        require(start.getStopList().stream().noneMatch(String::isEmpty), "stop", "\"\"", "not empty");
        int most = host.engine().maxSequences();
        require(within(start.getChoices(), 0, most), "choices", start.getChoices(), "between 1 and " + most);
        require(
                within(start.getTopLogprobs(), 0, MOST_LOGPROBS),
                "top_logprobs",
                start.getTopLogprobs(),
                "between 0 and " + MOST_LOGPROBS);
        if (start.hasBeamSearch()) {
            int beams = start.getBeamSearch().getBeams();
            require(within(beams, 1, most), "beams", beams, "between 1 and " + most);
            require(start.getChoices() <= 1, "choices", start.getChoices(), "1 with beam search");
            require(!start.hasTopLogprobs(), "top_logprobs", start.getTopLogprobs(), "absent with beam search");
            require(!start.hasFormat(), "format", "set", "absent with beam search");
        }
    }

    private void check(dev.pargo.proto.v1.Sampling sampling) {
        require(sampling.getTemperature() >= 0, "temperature", sampling.getTemperature(), "at least 0");
        require(sampling.getTopK() >= 0, "top_k", sampling.getTopK(), "at least 0");
        require(within(sampling.getTopP(), 0, 1), "top_p", sampling.getTopP(), "between 0 and 1");
        require(within(sampling.getMinP(), 0, 1), "min_p", sampling.getMinP(), "between 0 and 1");
        require(
                sampling.getRepetitionPenalty() >= 0,
                "repetition_penalty",
                sampling.getRepetitionPenalty(),
                "greater than 0");
        int vocabulary = host.description().getVocabulary();
        sampling.getLogitBiasMap()
                .keySet()
                .forEach(id -> require(
                        within(id, 0, vocabulary - 1),
                        "logit_bias",
                        "for token " + id,
                        "for tokens below " + vocabulary));
    }

    /** The request, when the prompt has come in whole. */
    GenerationRequest request(List<PromptPart> prompt, long deadline) {
        return new GenerationRequest(
                prompt,
                PromptKeys.of(prompt),
                Math.max(1, start.getChoices()),
                sampling(),
                penalties(),
                beams(),
                start.getSampling().hasSeed()
                        ? start.getSampling().getSeed()
                        : ThreadLocalRandom.current().nextLong(),
                start.getMinTokens(),
                start.getMaxTokens() == 0 ? host.defaultMaxTokens() : start.getMaxTokens(),
                start.getStopList(),
                stopIds(),
                start.hasTopLogprobs() ? start.getTopLogprobs() : null,
                start.hasFormat() ? host.constraints().of(start.getFormat()) : null,
                deadline);
    }

    private Sampling sampling() {
        dev.pargo.proto.v1.Sampling sampling = start.getSampling();
        return new Sampling(
                sampling.getTemperature(),
                sampling.getTopK(),
                sampling.getTopP() == 0 ? 1 : sampling.getTopP(),
                sampling.getMinP());
    }

    private Penalties penalties() {
        dev.pargo.proto.v1.Sampling sampling = start.getSampling();
        return new Penalties(
                sampling.getRepetitionPenalty() == 0 ? 1 : sampling.getRepetitionPenalty(),
                sampling.getPresencePenalty(),
                sampling.getFrequencyPenalty(),
                sampling.getLogitBiasMap());
    }

    private @Nullable BeamOptions beams() {
        if (!start.hasBeamSearch()) {
            return null;
        }
        BeamSearch beams = start.getBeamSearch();
        return new BeamOptions(
                beams.getBeams(), beams.getLengthPenalty(), beams.getEarlyStopping(), beams.getNewerLengthRule());
    }

    private List<Integer> stopIds() {
        List<Integer> ids = new ArrayList<>(start.getIgnoreEos() ? List.of() : host.endIds());
        ids.addAll(start.getStopTokenIdsList());
        return ids;
    }

    private static boolean within(double value, double least, double most) {
        return value >= least && value <= most;
    }

    private static void require(boolean condition, String field, Object value, String range) {
        if (!condition) {
            throw new StageError(ErrorReason.INVALID_FIELD, "%s is %s, but must be %s".formatted(field, value, range))
                    .toException();
        }
    }
}

package dev.pargo.gateway.decoding;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.pipeline.DecodingDefaults;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.Sampling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the decoding parameters of a request. Decoding is greedy unless the request or the pipeline sets a temperature,
 * because the models are meant to be used that way. Several answers are sampled at temperature 1.
 */
public final class DecodingReader {

    private final Values request;
    private final AnswerShape shape;
    private final DecodingDefaults defaults;
    private final LlmDescription llm;

    private DecodingReader(Values request, AnswerShape shape, DecodingDefaults defaults, LlmDescription llm) {
        this.request = request;
        this.shape = shape;
        this.defaults = defaults;
        this.llm = llm;
    }

    /**
     * Checks all values against the model and against each other.
     *
     * @param request  the request's values, read by fields that include {@link DecodingFields}
     * @param shape    the values that the route has read itself
     * @param defaults the pipeline's defaults for missing values
     * @param llm      the model that will answer
     * @return a start without its prompt
     * @throws dev.pargo.gateway.error.GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    public static GenerateStart read(Values request, AnswerShape shape, DecodingDefaults defaults, LlmDescription llm) {
        GenerateStart start = new DecodingReader(request, shape, defaults, llm).read();
        FieldConflicts.refuse(FormatReader.field(request, shape), request, start);
        return start;
    }

    private GenerateStart read() {
        @Nullable BeamSearch beams = new BeamReader(request, sequences()).read();
        int maxTokens = maxTokens();
        int choices = Bounds.atMost(DecodingFields.N, request.get(DecodingFields.N, 1L), sequences());
        GenerateStart.Builder start = GenerateStart.newBuilder()
                // Beam search uses the model's own probabilities and ignores the pipeline's defaults for sampling.
                .setSampling(sampling(beams == null ? defaults : DecodingDefaults.NONE, choices))
                .setMaxTokens(maxTokens)
                .setMinTokens(minTokens(maxTokens))
                .addAllStop(request.get(DecodingFields.STOP, List.of()))
                .addAllStopTokenIds(stopTokenIds())
                .setIgnoreEos(request.is(DecodingFields.IGNORE_EOS))
                .setChoices(choices);
        if (beams != null) {
            start.setBeamSearch(beams);
        }
        FormatReader.read(request, shape).ifPresent(start::setFormat);
        start.setVisualAttention(shape.visualAttention());
        if (shape.topLogprobs() != null) {
            start.setTopLogprobs(shape.topLogprobs());
        }
        return start.build();
    }

    private Sampling sampling(DecodingDefaults open, int choices) {
        double topP = first(DecodingFields.TOP_P, open.topP(), 1.0);
        long topK = first(
                DecodingFields.TOP_K, open.topK() == null ? null : open.topK().longValue(), 0L);
        Sampling.Builder sampling = Sampling.newBuilder()
                .setTemperature(first(DecodingFields.TEMPERATURE, open.temperature(), choices > 1 ? 1.0 : 0.0)
                        .floatValue())
                // The smallest non-empty share is the most probable token.
                .setTopP((float) topP == 0 ? 1 : (float) topP)
                .setTopK((float) topP == 0 ? 1 : (int) topK)
                .setMinP(first(DecodingFields.MIN_P, open.minP(), 0.0).floatValue())
                .setRepetitionPenalty(first(DecodingFields.REPETITION_PENALTY, open.repetitionPenalty(), 1.0)
                        .floatValue())
                .setPresencePenalty(
                        request.get(DecodingFields.PRESENCE_PENALTY, 0.0).floatValue())
                .setFrequencyPenalty(
                        request.get(DecodingFields.FREQUENCY_PENALTY, 0.0).floatValue())
                .putAllLogitBias(logitBias());
        @Nullable Long seed = request.get(DecodingFields.SEED);
        if (seed != null) {
            sampling.setSeed(seed);
        }
        return sampling.build();
    }

    private Map<Integer, Float> logitBias() {
        Map<Integer, Float> biases = new HashMap<>();
        request.get(DecodingFields.LOGIT_BIAS, Map.of())
                .forEach((token, bias) -> biases.put(tokenId(token), bias.floatValue()));
        return biases;
    }

    private int tokenId(String token) {
        try {
            int id = Integer.parseInt(token);
            if (id >= 0 && id < llm.getVocabulary()) {
                return id;
            }
        } catch (NumberFormatException isNone) {
            // Refused below, with the ids that are too large.
        }
        throw Bounds.invalid(
                "logit_bias", "logit_bias must have token ids from 0 to %d as keys".formatted(llm.getVocabulary() - 1));
    }

    /** A missing value is 0: the stage's default. The stage knows the end of the context. */
    private int maxTokens() {
        if (shape.maxTokens() != null) {
            return shape.maxTokens();
        }
        return defaults.maxTokens() == null ? 0 : defaults.maxTokens();
    }

    private int minTokens(int maxTokens) {
        int tokens = request.get(DecodingFields.MIN_TOKENS, 0L).intValue();
        if (maxTokens > 0 && tokens > maxTokens) {
            throw Bounds.invalid(
                    "min_tokens", "min_tokens must be at most the %d tokens of max_tokens".formatted(maxTokens));
        }
        return tokens;
    }

    private List<Integer> stopTokenIds() {
        List<Long> ids = request.get(DecodingFields.STOP_TOKEN_IDS, List.of());
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i) >= llm.getVocabulary()) {
                String field = "stop_token_ids[%d]".formatted(i);
                throw Bounds.invalid(field, "%s must be between 0 and %d".formatted(field, llm.getVocabulary() - 1));
            }
        }
        return ids.stream().map(Long::intValue).toList();
    }

    private int sequences() {
        return Math.max(1, llm.getMaxSequences());
    }

    private <T> T first(Field<T> field, @Nullable T open, T otherwise) {
        @Nullable T asked = request.get(field);
        return asked != null ? asked : open != null ? open : otherwise;
    }
}

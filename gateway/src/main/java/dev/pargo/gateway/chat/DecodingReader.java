package dev.pargo.gateway.chat;

import static java.util.Objects.requireNonNullElse;

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
 * Reads how a request wants its answers written. Greedy unless it, or the pipeline, gives a temperature: that is how the
 * models are meant to be used.
 */
final class DecodingReader {

    private static final int MAX_STOPS = 4;
    private static final int MAX_STOP_LENGTH = 1000;
    private static final int MAX_STOP_IDS = 128;
    private static final int MAX_BIASES = 1024;
    private static final int MAX_TOP_LOGPROBS = 20;

    private final ChatRequest request;
    private final DecodingDefaults defaults;
    private final LlmDescription llm;

    private DecodingReader(ChatRequest request, DecodingDefaults defaults, LlmDescription llm) {
        this.request = request;
        this.defaults = defaults;
        this.llm = llm;
    }

    /**
     * Checks all values, and that they go together.
     *
     * @param defaults the pipeline's, for what the request leaves open
     * @param llm      the model that is to answer
     * @return a start without its prompt
     * @throws dev.pargo.gateway.error.GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static GenerateStart read(ChatRequest request, DecodingDefaults defaults, LlmDescription llm) {
        GenerateStart start = new DecodingReader(request, defaults, llm).read();
        FieldConflicts.refuse(request, start);
        return start;
    }

    private GenerateStart read() {
        @Nullable BeamSearch beams = new BeamReader(request, sequences()).read();
        int maxTokens = maxTokens();
        GenerateStart.Builder start = GenerateStart.newBuilder()
                // Beam search looks at the model's own probabilities, whatever the pipeline has for sampling.
                .setSampling(sampling(beams == null ? defaults : DecodingDefaults.NONE))
                .setMaxTokens(maxTokens)
                .setMinTokens(minTokens(maxTokens))
                .addAllStop(stop())
                .addAllStopTokenIds(stopTokenIds())
                .setIgnoreEos(Boolean.TRUE.equals(request.ignoreEos()))
                .setChoices(Bounds.between("n", requireNonNullElse(request.n(), 1), 1, sequences()));
        if (beams != null) {
            start.setBeamSearch(beams);
        }
        FormatReader.read(request).ifPresent(start::setFormat);
        int alternatives =
                Bounds.between("top_logprobs", requireNonNullElse(request.topLogprobs(), 0), 0, MAX_TOP_LOGPROBS);
        if (Boolean.TRUE.equals(request.logprobs())) {
            start.setTopLogprobs(alternatives);
        }
        return start.build();
    }

    private Sampling sampling(DecodingDefaults open) {
        double temperature = first(request.temperature(), open.temperature(), 0.0);
        double topP = first(request.topP(), open.topP(), 1.0);
        double minP = first(request.minP(), open.minP(), 0.0);
        double repetition = first(request.repetitionPenalty(), open.repetitionPenalty(), 1.0);
        double presence = requireNonNullElse(request.presencePenalty(), 0.0);
        double frequency = requireNonNullElse(request.frequencyPenalty(), 0.0);
        Sampling.Builder sampling = Sampling.newBuilder()
                .setTemperature((float) Bounds.between("temperature", temperature, 0, 2))
                .setTopP((float) Bounds.aboveZero("top_p", topP, 1))
                .setTopK(Bounds.atLeast("top_k", first(request.topK(), open.topK(), 0), 0))
                .setMinP((float) Bounds.between("min_p", minP, 0, 1))
                .setRepetitionPenalty((float) Bounds.aboveZero("repetition_penalty", repetition, 10))
                .setPresencePenalty((float) Bounds.between("presence_penalty", presence, -2, 2))
                .setFrequencyPenalty((float) Bounds.between("frequency_penalty", frequency, -2, 2))
                .putAllLogitBias(logitBias());
        if (request.seed() != null) {
            sampling.setSeed(request.seed());
        }
        return sampling.build();
    }

    private Map<Integer, Float> logitBias() {
        Map<String, @Nullable Double> given = requireNonNullElse(request.logitBias(), Map.of());
        Bounds.atMost("logit_bias", given.keySet(), MAX_BIASES, "tokens");
        Map<Integer, Float> biases = new HashMap<>();
        given.forEach((token, bias) -> {
            if (bias == null || !(bias >= -100 && bias <= 100)) {
                throw Bounds.invalid("logit_bias", "logit_bias must have values between -100 and 100");
            }
            biases.put(tokenId(token), bias.floatValue());
        });
        return biases;
    }

    private int tokenId(String token) {
        try {
            int id = Integer.parseInt(token);
            if (id >= 0 && id < llm.getVocabulary()) {
                return id;
            }
        } catch (NumberFormatException isNone) {
            // Refused with the ids that are too large.
        }
        throw Bounds.invalid(
                "logit_bias", "logit_bias must have token ids from 0 to %d as keys".formatted(llm.getVocabulary() - 1));
    }

    private int maxTokens() {
        boolean newName = request.maxCompletionTokens() != null;
        @Nullable Integer tokens = newName ? request.maxCompletionTokens() : request.maxTokens();
        return tokens == null
                ? requireNonNullElse(defaults.maxTokens(), 0)
                : Bounds.atLeast(newName ? "max_completion_tokens" : "max_tokens", tokens, 1);
    }

    private int minTokens(int maxTokens) {
        int tokens = Bounds.atLeast("min_tokens", requireNonNullElse(request.minTokens(), 0), 0);
        if (maxTokens > 0 && tokens > maxTokens) {
            throw Bounds.invalid(
                    "min_tokens", "min_tokens must be at most the %d tokens of max_tokens".formatted(maxTokens));
        }
        return tokens;
    }

    private List<String> stop() {
        List<@Nullable String> stop = requireNonNullElse(request.stop(), List.of());
        Bounds.atMost("stop", stop, MAX_STOPS, "strings");
        for (@Nullable String text : stop) {
            if (text == null || text.isEmpty()) {
                throw Bounds.invalid("stop", "stop must not have an empty string");
            }
            if (text.length() > MAX_STOP_LENGTH) {
                throw Bounds.invalid(
                        "stop", "stop must have strings of at most %d characters".formatted(MAX_STOP_LENGTH));
            }
        }
        return List.copyOf(stop);
    }

    private List<Integer> stopTokenIds() {
        List<@Nullable Integer> ids = requireNonNullElse(request.stopTokenIds(), List.of());
        Bounds.atMost("stop_token_ids", ids, MAX_STOP_IDS, "ids");
        for (int i = 0; i < ids.size(); i++) {
            String field = "stop_token_ids[%d]".formatted(i);
            Bounds.between(field, requireNonNullElse(ids.get(i), -1), 0, llm.getVocabulary() - 1);
        }
        return List.copyOf(ids);
    }

    private int sequences() {
        return Math.max(1, llm.getMaxSequences());
    }

    private static <T> T first(@Nullable T asked, @Nullable T open, T otherwise) {
        return asked != null ? asked : open != null ? open : otherwise;
    }
}

package dev.pargo.gateway.decoding;

import dev.pargo.gateway.json.Values;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.Sampling;

/** Refuses combinations of fields that make no sense, although each field is valid by itself. */
final class FieldConflicts {

    private FieldConflicts() {}

    /**
     * @param formatField the field with the answer's format
     * @param start the request's values, each of them checked
     */
    static void refuse(String formatField, Values request, GenerateStart start) {
        if (start.hasBeamSearch()) {
            refuseBesideBeams(formatField, start);
        }
        if (start.hasFormat()) {
            refuseIf(start.getIgnoreEos(), "ignore_eos", "ignore_eos cannot be used with an answer of a given format");
            refuseIf(
                    start.getMinTokens() > 0,
                    "min_tokens",
                    "min_tokens cannot be used with an answer of a given format");
        }
    }

    /** Beam search uses the model's own probabilities and returns one answer. */
    private static void refuseBesideBeams(String formatField, GenerateStart start) {
        Sampling sampling = start.getSampling();
        refuseIf(
                start.getChoices() > 1,
                "n",
                "n must be 1 with beam search, which gives its best answer; num_beams or best_of is the number of beams");
        beside("temperature", sampling.getTemperature() > 0);
        beside("repetition_penalty", sampling.getRepetitionPenalty() != 1);
        beside("presence_penalty", sampling.getPresencePenalty() != 0);
        beside("frequency_penalty", sampling.getFrequencyPenalty() != 0);
        beside("logit_bias", sampling.getLogitBiasCount() > 0);
        beside("min_tokens", start.getMinTokens() > 0);
        beside("logprobs", start.hasTopLogprobs());
        beside(formatField, start.hasFormat());
        beside("attention.visual", start.getVisualAttention());
    }

    private static void beside(String field, boolean set) {
        refuseIf(set, field, field + " cannot be used with beam search");
    }

    private static void refuseIf(boolean conflict, String field, String message) {
        if (conflict) {
            throw Bounds.invalid(field, message);
        }
    }
}

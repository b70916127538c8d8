package dev.pargo.gateway.decoding;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmCapabilities;
import dev.pargo.proto.v1.LlmDescription;

/** Refuses by name what the model's LLM service cannot do, before anything is computed. */
final class MissingFeatures {

    private MissingFeatures() {}

    /** @throws GatewayException INVALID_REQUEST, naming the field */
    static void refuse(GenerateStart start, LlmDescription llm) {
        if (!llm.hasCapabilities()) {
            return;
        }
        LlmCapabilities can = llm.getCapabilities();
        if (start.hasBeamSearch() && !can.getBeamSearch()) {
            throw missing("use_beam_search", "beam search (use_beam_search, num_beams) is");
        }
        if (start.getVisualAttention() && !can.getVisualAttention()) {
            throw missing("attention.visual", "attention.visual is");
        }
        if (penalises(start) && hasPictures(start) && !can.getRepetitionPenaltyWithPictures()) {
            throw missing("repetition_penalty", "repetition_penalty together with pictures is");
        }
    }

    /** 0 counts as 1. */
    private static boolean penalises(GenerateStart start) {
        float penalty = start.getSampling().getRepetitionPenalty();
        return penalty != 0 && penalty != 1;
    }

    private static boolean hasPictures(GenerateStart start) {
        return start.getConversation().getMessagesList().stream()
                .flatMap(message -> message.getContentList().stream())
                .anyMatch(ContentPart::hasVisual);
    }

    private static GatewayException missing(String field, String what) {
        return GatewayException.invalid(field, "unsupported_parameter", what + " not available with this model");
    }
}

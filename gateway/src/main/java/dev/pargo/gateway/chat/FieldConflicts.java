package dev.pargo.gateway.chat;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.Sampling;
import java.util.List;

/** Refuses fields that are right by themselves and make no sense together. */
final class FieldConflicts {

    private FieldConflicts() {}

    /**
     * @param start what the request asks for, every value checked
     * @param llm   the model that is to answer
     */
    static void refuse(Values request, GenerateStart start, LlmDescription llm) {
        refuseIf(
                request.get(ChatFields.TOP_LOGPROBS, 0L) > 0 && !start.hasTopLogprobs(),
                "top_logprobs",
                "top_logprobs needs logprobs to be true");
        if (start.hasBeamSearch()) {
            refuseBesideBeams(request, start);
        }
        refuseTools(request, llm.getPrompt().getTools());
        if (start.hasFormat()) {
            refuseIf(start.getIgnoreEos(), "ignore_eos", "ignore_eos cannot be used with an answer of a given format");
            refuseIf(
                    start.getMinTokens() > 0,
                    "min_tokens",
                    "min_tokens cannot be used with an answer of a given format");
        }
    }

    private static void refuseTools(Values request, boolean known) {
        String choice = request.get(ChatFields.TOOL_CHOICE, "auto");
        if (choice.equals("none")) {
            return;
        }
        for (Field<List<String>> tools : List.of(ChatFields.TOOLS, ChatFields.FUNCTIONS)) {
            boolean given = !request.get(tools, List.of()).isEmpty();
            refuseIf(
                    given && !known,
                    tools.name(),
                    tools.name() + " is not supported by this model; with tool_choice none it is ignored");
            refuseIf(given && !choice.equals("auto"), "tool_choice", "tool_choice must be auto or none");
        }
    }

    /** The search looks at the model's own probabilities, and gives one answer. */
    private static void refuseBesideBeams(Values request, GenerateStart start) {
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
        beside("attention.visual", start.getVisualAttention());
        beside(FormatReader.field(request), start.hasFormat());
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

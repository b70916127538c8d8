package dev.pargo.llm.grpc;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.engine.Generator;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.call.CallResources;
import java.util.List;

/**
 * What every call of the service shares.
 *
 * @param prompts  writes and tokenises prompts
 * @param endIds   tokens that end an answer
 */
public record LlmHost(
        LlmDescription description,
        Generator generator,
        Tokenizer tokenizer,
        PromptReader prompts,
        Constraints constraints,
        List<Integer> endIds,
        RequestPreparation preparation,
        AnswerLimits answerLimits,
        UnreadAnswers unread,
        CallResources calls) {

    Admission admission() {
        return calls.admission();
    }

    /** Limit on tokens of an answer if the request sets none. The engine ends the answer at the end of the context. */
    int defaultMaxTokens() {
        int most = description.getDefaults().getMaxTokens();
        return most > 0 ? most : description.getContextTokens();
    }
}

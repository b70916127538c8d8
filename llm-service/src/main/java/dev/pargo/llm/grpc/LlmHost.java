package dev.pargo.llm.grpc;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.engine.Generator;
import dev.pargo.models.bundle.PictureNotation;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.call.CallResources;
import java.util.List;

/**
 * What every call of the service shares.
 *
 * @param notation how pictures stand in prompts
 * @param endIds   tokens that end an answer
 */
public record LlmHost(
        LlmDescription description,
        Generator generator,
        Tokenizer tokenizer,
        PictureNotation notation,
        Constraints constraints,
        List<Integer> endIds,
        RequestPreparation preparation,
        AnswerLimits answerLimits,
        UnreadAnswers unread,
        CallResources calls) {

    Admission admission() {
        return calls.admission();
    }

    PromptReader promptReader() {
        return new PromptReader(tokenizer, notation, description.getContextTokens() - 1);
    }

    int defaultMaxTokens() {
        return description.getDefaults().getMaxTokens();
    }
}

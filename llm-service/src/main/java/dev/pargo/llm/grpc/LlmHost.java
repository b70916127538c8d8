package dev.pargo.llm.grpc;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.engine.Engine;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.call.CallTimer;
import dev.pargo.stage.status.StageMetrics;
import java.util.List;

/** What every call of the service shares. */
public record LlmHost(
        LlmDescription description,
        Engine engine,
        Tokenizer tokenizer,
        Constraints constraints,
        List<Integer> endIds,
        Admission admission,
        CallTimer timer,
        StageMetrics metrics) {

    /** @throws io.grpc.StatusRuntimeException if the prompt does not fit the model */
    PromptReader newPrompt(GenerateStart start) {
        return new PromptReader(
                start,
                tokenizer,
                description.getVisualInput(),
                engine.contextTokens() - 1,
                description.getMaxVisualTensors(),
                description.getLimits());
    }

    int defaultMaxTokens() {
        return description.getDefaults().getMaxTokens();
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A few tokens with which a language model checks itself. They take no pages of the KV cache. */
public final class ProbePrompt implements BooleanSupplier {

    private static final PromptPart TOKENS = new PromptPart.Tokens(new int[] {0, 1, 2, 3});

    private final CausalLm lm;

    public ProbePrompt(CausalLm lm) {
        this.lm = lm;
    }

    /** Whether the model gives finite logits. */
    @Override
    public boolean getAsBoolean() {
        try (PromptEmbedding prompt = lm.embed(List.of(TOKENS));
                Logits logits = lm.score(prompt)) {
            return logits.notFinite().isEmpty();
        }
    }
}

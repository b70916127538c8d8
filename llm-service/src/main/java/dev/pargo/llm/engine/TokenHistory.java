package dev.pargo.llm.engine;

import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.PromptPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts the tokens of a prompt and a sequence, and adjusts the next token's logits for penalties and bias. */
final class TokenHistory {

    private final Penalties penalties;
    private final Set<Integer> prompt = new HashSet<>();
    private final Map<Integer, Integer> written = new HashMap<>();

    /** Tokens whose logits penalties or bias change. */
    private final Set<Integer> affected = new HashSet<>();

    TokenHistory(Penalties penalties, List<PromptPart> parts) {
        this.penalties = penalties;
        if (penalties.repetition() != 1) {
            for (PromptPart part : parts) {
                if (part instanceof PromptPart.Tokens tokens) {
                    for (int id : tokens.ids()) {
                        prompt.add(id);
                    }
                }
            }
        }
        affected.addAll(prompt);
        affected.addAll(penalties.bias().keySet());
    }

    /** Counts a token of the sequence. */
    void add(int id) {
        if (!penalties.isNone()) {
            written.merge(id, 1, Integer::sum);
            affected.add(id);
        }
    }

    /**
     * The changes of the next token's logits, at most one for each id.
     *
     * @param forbidden tokens that must not come next
     */
    List<LogitAdjustment> adjustments(Set<Integer> forbidden) {
        List<LogitAdjustment> adjustments = new ArrayList<>(affected.size() + forbidden.size());
        for (int id : affected) {
            if (!forbidden.contains(id)) {
                adjustments.add(adjustment(id));
            }
        }
        for (int id : forbidden) {
            adjustments.add(LogitAdjustment.forbid(id));
        }
        return adjustments;
    }

    private LogitAdjustment adjustment(int id) {
        int count = written.getOrDefault(id, 0);
        boolean seen = count > 0 || prompt.contains(id);
        double bias = penalties.bias().getOrDefault(id, 0f)
                - (count > 0 ? penalties.presence() : 0)
                - count * penalties.frequency();
        return new LogitAdjustment(id, seen ? (float) penalties.repetition() : 1, (float) bias);
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.PromptPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tokens an answer and its prompt have, and what that does to the next one. */
final class TokenHistory {

    private final Penalties penalties;
    private final Set<Integer> prompt = new HashSet<>();
    private final Map<Integer, Integer> answer = new HashMap<>();

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
    }

    void add(int id) {
        if (!penalties.isNone()) {
            answer.merge(id, 1, Integer::sum);
        }
    }

    /**
     * The changes of a row of logits.
     *
     * @param forbidden tokens that must not come now
     */
    List<LogitAdjustment> adjustments(int row, List<Integer> forbidden) {
        Set<Integer> ids = new HashSet<>(forbidden);
        ids.addAll(prompt);
        ids.addAll(answer.keySet());
        ids.addAll(penalties.bias().keySet());
        List<LogitAdjustment> adjustments = new ArrayList<>(ids.size());
        for (int id : ids) {
            int count = answer.getOrDefault(id, 0);
            boolean seen = count > 0 || prompt.contains(id);
            double bias = penalties.bias().getOrDefault(id, 0f)
                    - (count > 0 ? penalties.presence() : 0)
                    - count * penalties.frequency();
            adjustments.add(new LogitAdjustment(
                    row,
                    id,
                    seen ? (float) penalties.repetition() : 1,
                    forbidden.contains(id) ? Float.NEGATIVE_INFINITY : (float) bias));
        }
        return adjustments;
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.List;

/** One or several answers that are drawn independently; each owns a slot, and the first one's has read the prompt. */
final class SamplingStrategy implements DecodingStrategy {

    private final List<Sequence> answers;
    private final int[] slots;
    private final int promptTokens;
    private final KvCache cache;
    private List<Sequence> open;
    private boolean begun;

    SamplingStrategy(List<Sequence> answers, int[] slots, int promptTokens, KvCache cache) {
        this.answers = answers;
        this.slots = slots;
        this.promptTokens = promptTokens;
        this.cache = cache;
        this.open = answers;
    }

    @Override
    public List<Step.Tokens> tokens() {
        open = answers.stream().filter(answer -> !answer.isComplete()).toList();
        List<Step.Tokens> rows = new ArrayList<>();
        for (Sequence answer : open) {
            int position = promptTokens + answer.tokens() - 1;
            rows.add(new Step.Tokens(slots[answers.indexOf(answer)], position, answer.nextRows()));
        }
        return rows;
    }

    @Override
    public void decide(Logits logits, int row, Sampler draws) {
        if (!begun) {
            begun = true;
            copyPrompt();
            answers.forEach(answer -> draws.add(answer, row));
            return;
        }
        int next = row;
        for (Sequence answer : open) {
            draws.add(answer, next);
            next += answer.rows();
        }
    }

    private void copyPrompt() {
        int others = slots.length - 1;
        int[] from = new int[others];
        int[] to = new int[others];
        for (int i = 0; i < others; i++) {
            from[i] = slots[0];
            to[i] = slots[i + 1];
        }
        cache.copy(from, to, 0, promptTokens);
    }

    @Override
    public boolean isComplete() {
        return answers.stream().allMatch(Sequence::isComplete);
    }

    @Override
    public int tokensWritten() {
        return answers.stream().mapToInt(Sequence::tokens).sum();
    }

    @Override
    public int draftTokens() {
        return answers.stream().mapToInt(Sequence::rightGuesses).sum();
    }

    @Override
    public List<long[]> written() {
        return answers.stream().map(Sequence::written).toList();
    }
}

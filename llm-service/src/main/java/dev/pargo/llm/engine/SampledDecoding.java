package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.List;

/** One or several answers that are drawn independently; each owns a slot, and the first one's has read the prompt. */
final class SampledDecoding implements Decoding {

    private final List<Answer> answers;
    private final int[] slots;
    private final int promptTokens;
    private final KvCache cache;
    private List<Answer> open;
    private boolean begun;

    SampledDecoding(List<Answer> answers, int[] slots, int promptTokens, KvCache cache) {
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
        for (Answer answer : open) {
            int position = promptTokens + answer.tokens() - 1;
            rows.add(new Step.Tokens(slots[answers.indexOf(answer)], position, answer.nextRows()));
        }
        return rows;
    }

    @Override
    public void decide(Logits logits, int row, Draws draws) {
        if (!begun) {
            begun = true;
            copyPrompt();
            answers.forEach(answer -> draws.add(answer, row));
            return;
        }
        int next = row;
        for (Answer answer : open) {
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
        return answers.stream().allMatch(Answer::isComplete);
    }

    @Override
    public int tokensWritten() {
        return answers.stream().mapToInt(Answer::tokens).sum();
    }

    @Override
    public int draftTokens() {
        return answers.stream().mapToInt(Answer::rightGuesses).sum();
    }

    @Override
    public List<long[]> written() {
        return answers.stream().map(Answer::written).toList();
    }
}

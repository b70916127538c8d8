package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The answer is exactly one of some strings, in the tokens that the tokenizer cuts them into: those are what the model
 * was trained to write.
 */
final class ChoiceConstraint implements TokenConstraint {

    private final List<int[]> choices;
    private final List<Integer> written = new ArrayList<>();

    ChoiceConstraint(Tokenizer tokenizer, List<String> strings) {
        this.choices = strings.stream().map(tokenizer::encode).toList();
    }

    @Override
    public BitSet allowed() {
        BitSet allowed = new BitSet();
        for (int[] choice : choices) {
            if (choice.length > written.size() && begins(choice)) {
                allowed.set(choice[written.size()]);
            }
        }
        return allowed;
    }

    @Override
    public boolean mayEnd() {
        return choices.stream().anyMatch(choice -> choice.length == written.size() && begins(choice));
    }

    @Override
    public void accept(int id) {
        written.add(id);
    }

    private boolean begins(int[] choice) {
        int[] so = written.stream().mapToInt(Integer::intValue).toArray();
        return Arrays.equals(choice, 0, so.length, so, 0, so.length);
    }
}

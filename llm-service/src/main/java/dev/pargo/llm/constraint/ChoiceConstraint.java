package dev.pargo.llm.constraint;

import java.util.BitSet;
import java.util.List;

/**
 * The answer is exactly one of some strings, in the tokens that the tokenizer cuts them into, because the model was
 * trained to write those.
 */
final class ChoiceConstraint implements TokenConstraint {

    /** The choices that begin with the tokens written so far. */
    private List<int[]> open;

    private int written;

    /** @param choices token ids of each choice, at least one each */
    ChoiceConstraint(List<int[]> choices) {
        this.open = choices;
    }

    @Override
    public BitSet allowed() {
        BitSet allowed = new BitSet();
        for (int[] choice : open) {
            if (choice.length > written) {
                allowed.set(choice[written]);
            }
        }
        return allowed;
    }

    @Override
    public boolean mayEnd() {
        return open.stream().anyMatch(choice -> choice.length == written);
    }

    @Override
    public boolean isComplete() {
        return open.stream().allMatch(choice -> choice.length == written);
    }

    @Override
    public void accept(int id) {
        int position = written++;
        open = open.stream()
                .filter(choice -> choice.length > position && choice[position] == id)
                .toList();
        if (open.isEmpty()) {
            throw new IllegalStateException("token %d was not allowed".formatted(id));
        }
    }
}

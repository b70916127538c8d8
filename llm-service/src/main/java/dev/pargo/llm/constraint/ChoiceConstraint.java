package dev.pargo.llm.constraint;

import java.util.BitSet;
import java.util.List;

/**
 * The answer is exactly one of some strings, in the tokens that the tokenizer cuts them into: those are what the model
 * was trained to write.
 */
final class ChoiceConstraint implements TokenConstraint {

    /** Those that begin with what has been written. */
    private List<int[]> open;

    private int written;

    /** @param choices as token ids, none of them empty */
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

package dev.pargo.llm.constraint;

import java.util.BitSet;

/** The answer is one JSON object: it ends with the object's last brace, and nowhere before. */
final class JsonConstraint implements TokenConstraint {

    private final JsonTokens tokens;
    private long state = JsonAutomaton.START;

    JsonConstraint(JsonTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public BitSet allowed() {
        return tokens.allowed(state);
    }

    @Override
    public boolean mayEnd() {
        return JsonAutomaton.isEnd(state);
    }

    @Override
    public boolean isComplete() {
        return JsonAutomaton.isEnd(state);
    }

    @Override
    public void accept(int id) {
        long next = tokens.next(state, id);
        if (next < 0) {
            throw new IllegalStateException("token %d was not allowed".formatted(id));
        }
        state = next;
    }
}

package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatRequest;
import org.jspecify.annotations.Nullable;

/** Questions of one client, each asked with the questions and answers before it. Not thread-safe. */
final class ConversationState {

    private final int turns;
    private int asked;
    private @Nullable ChatRequest last;
    private @Nullable String answer;

    /**
     * @param turns questions after which a new conversation begins
     */
    ConversationState(int turns) {
        this.turns = turns;
    }

    /** The next request. A new conversation begins after the last turn, and after a question without an answer. */
    ChatRequest next(ChatRequest question) {
        boolean goesOn = last != null && answer != null && asked < turns;
        last = goesOn ? last.then(answer, question.text()) : question;
        asked = goesOn ? asked + 1 : 1;
        answer = null;
        return last;
    }

    /** Records the answer to the last question. */
    void answered(String text) {
        answer = text;
    }
}

package dev.pargo.models.chat;

/**
 * Two characters that a conversation does not have.
 *
 * @param hidden is inserted after the first character of typed text that looks like a control token
 * @param end    is appended to the answer that is to be continued
 */
record Marks(char hidden, char end) {

    private static final char FIRST = '\uE000';
    private static final char LAST = '\uF8FF';

    /** @throws ConversationException if the conversation has all characters of Unicode's private use area */
    static Marks notIn(Dialogue conversation) {
        boolean[] used = new boolean[LAST - FIRST + 1];
        conversation
                .strings()
                .flatMapToInt(String::chars)
                .filter(character -> character >= FIRST && character <= LAST)
                .forEach(character -> used[character - FIRST] = true);
        char hidden = free(used, FIRST);
        return new Marks(hidden, free(used, (char) (hidden + 1)));
    }

    private static char free(boolean[] used, char from) {
        for (char next = from; next <= LAST; next++) {
            if (!used[next - FIRST]) {
                return next;
            }
        }
        throw new ConversationException("messages have all characters of the private use area");
    }
}

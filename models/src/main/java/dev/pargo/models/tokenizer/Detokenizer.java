package dev.pargo.models.tokenizer;

/** Reads one answer token by token and gives its text in whole characters. Not thread-safe. */
public interface Detokenizer {

    /**
     * Takes the next token.
     *
     * @return the text that is certain now; empty while a character's bytes are still coming
     */
    String append(int id);

    /** Ends the answer: what is left of an unfinished character becomes U+FFFD. */
    String finish();
}

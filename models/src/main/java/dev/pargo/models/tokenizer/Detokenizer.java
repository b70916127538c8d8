package dev.pargo.models.tokenizer;

/** Converts one answer to text token by token, in whole characters. Not thread-safe. */
public interface Detokenizer {

    /**
     * Takes the next token.
     *
     * @return the text that is complete now; empty if bytes of a character are still missing
     */
    String append(int id);

    /** Ends the answer: an unfinished character becomes U+FFFD. */
    String finish();
}

package dev.pargo.models.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;

/** Turns text into token ids and back. Thread-safe. */
public interface Tokenizer extends AutoCloseable {

    /**
     * Opens the tokenizer of a published LLM: {@code tokenizer.model} (SentencePiece) if there is one, or {@code
     * tokenizer.json} (Hugging Face).
     *
     * @throws dev.pargo.models.config.ConfigException if the directory has no tokenizer, or one that is not supported
     */
    static Tokenizer open(Path directory) {
        return new TokenizerFiles(directory).open();
    }

    /**
     * Tokens of a text that begins a prompt, without special tokens. Whatever looks like a control token in the text stays text.
     */
    int[] encode(String text);

    /**
     * Tokens of a text that follows a control token or a picture. They differ from those of {@link #encode} if the tokenizer puts a
     * space before the first text of a prompt only.
     */
    default int[] encodeInside(String text) {
        return encode(text);
    }

    /** Starts reading an answer token by token. */
    Detokenizer newDetokenizer();

    /** The id of a control token such as {@code <s>}, by its piece; empty if the model has no such control token. */
    OptionalInt controlToken(String piece);

    /** All control tokens, by their pieces. */
    Set<String> controlTokens();

    /**
     * The bytes that a token stands for within an answer: half a character where it is half of one, none for a control
     * token.
     */
    byte[] bytes(int id);

    /** Number of ids. */
    int vocabulary();

    /** The text of a whole answer; control tokens have none. */
    default String decode(int... ids) {
        Detokenizer detokenizer = newDetokenizer();
        StringBuilder text = new StringBuilder();
        Arrays.stream(ids).forEach(id -> text.append(detokenizer.append(id)));
        return text.append(detokenizer.finish()).toString();
    }

    @Override
    void close();
}

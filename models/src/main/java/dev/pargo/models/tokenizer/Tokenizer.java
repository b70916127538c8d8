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
     * Tokens of a text that begins a prompt, without special tokens. Words in it that look like control tokens stay
     * text.
     */
    int[] encode(String text);

    /**
     * Tokens of a text that follows a control token or a picture. They differ from those of {@link #encode} if the
     * tokenizer puts a space only before the first text of a prompt.
     */
    default int[] encodeInside(String text) {
        return encode(text);
    }

    /** Starts reading an answer token by token. */
    Detokenizer newDetokenizer();

    /** Starts reading an answer that goes on with a text: the space before its first word is part of it. */
    default Detokenizer newDetokenizerInside() {
        return newDetokenizer();
    }

    /** The id of a control token such as {@code <s>}; empty if the model has no such control token. */
    OptionalInt controlToken(String piece);

    /** Ids of all control tokens by name. */
    Set<String> controlTokens();

    /** The bytes of a token within an answer. They may be a part of a character; a control token has none. */
    byte[] bytes(int id);

    /** The bytes of a token that begins an answer: without the space that some tokenizers put before every text. */
    default byte[] firstBytes(int id) {
        return bytes(id);
    }

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

package dev.pargo.llm.engine;

import dev.pargo.models.tokenizer.Detokenizer;
import dev.pargo.models.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;

/** For networks without a tokenizer: the text of every token is its number. */
final class IdTokenizer implements Tokenizer {

    @Override
    public int[] encode(String text) {
        return text.chars().toArray();
    }

    @Override
    public Detokenizer newDetokenizer() {
        return new Detokenizer() {
            @Override
            public String append(int id) {
                return id + " ";
            }

            @Override
            public String finish() {
                return "";
            }
        };
    }

    @Override
    public OptionalInt controlToken(String piece) {
        return OptionalInt.empty();
    }

    @Override
    public Set<String> controlTokens() {
        return Set.of();
    }

    @Override
    public byte[] bytes(int id) {
        return (id + " ").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabulary() {
        return 128;
    }

    @Override
    public void close() {}
}

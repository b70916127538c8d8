package dev.pargo.models.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The text of a model's tokens: bytes for each token, none for control tokens. */
final class Vocabulary {

    /** Limit on ids, because memory is allocated for all ids up to the largest. */
    private static final int MAX_ID = 1 << 22;

    private static final byte[] NONE = {};

    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> controls = new HashMap<>();
    private final boolean dummyPrefix;

    /** @param dummyPrefix whether encoding puts a space before the text; decoding removes it */
    Vocabulary(boolean dummyPrefix) {
        this.dummyPrefix = dummyPrefix;
    }

    /** @throws IllegalArgumentException if the id is negative or too large */
    void put(int id, byte[] bytes) {
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException("a token's id is not in 0..%d".formatted(MAX_ID));
        }
        while (tokens.size() <= id) {
            tokens.add(NONE);
        }
        tokens.set(id, bytes);
    }

    /** @throws IllegalArgumentException if the id is negative or too large */
    void putControl(int id, String name) {
        put(id, NONE);
        controls.put(name, id);
    }

    /** The token's bytes; none for an id without a token. A model may have such ids. */
    byte[] bytes(int id) {
        return id < 0 || id >= tokens.size() ? NONE : tokens.get(id);
    }

    /** The bytes of a token that begins a text: without the dummy prefix. */
    byte[] firstBytes(int id) {
        byte[] bytes = bytes(id);
        return dummyPrefix && bytes.length > 0 && bytes[0] == ' ' ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    OptionalInt control(String name) {
        Integer id = controls.get(name);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    Set<String> controls() {
        return Collections.unmodifiableSet(controls.keySet());
    }

    int size() {
        return tokens.size();
    }

    Detokenizer newDetokenizer() {
        return new Reader(true);
    }

    Detokenizer newDetokenizerInside() {
        return new Reader(false);
    }

    /** Joins bytes to characters and removes the dummy prefix from the first token with text. */
    private final class Reader implements Detokenizer {

        private final Utf8Assembler characters = new Utf8Assembler();
        private boolean atStart;

        Reader(boolean atStart) {
            this.atStart = atStart;
        }

        @Override
        public String append(int id) {
            byte[] bytes = bytes(id);
            if (bytes.length == 0) {
                return "";
            }
            String text = characters.append(atStart ? firstBytes(id) : bytes);
            atStart = false;
            return text;
        }

        @Override
        public String finish() {
            return characters.finish();
        }
    }
}

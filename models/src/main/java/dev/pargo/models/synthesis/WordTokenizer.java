package dev.pargo.models.synthesis;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tokenizer of a given size in the format of {@code tokenizer.json}: byte-level BPE without merges, in which every byte of
 * a text is a token. The remaining ids are made-up words, so that any answer of a random model can be written.
 */
final class WordTokenizer {

    private static final int BYTES = 256;
    private static final int LETTERS = 26;

    private WordTokenizer() {}

    /**
     * Describes a tokenizer.
     *
     * @param tokens  number of tokens, at least 256 more than the control tokens
     * @param control ids of the control tokens, each below {@code tokens}
     */
    static String json(int tokens, Map<String, Integer> control) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        byteLevel(json.putObject("pre_tokenizer"));
        byteLevel(json.putObject("decoder"));
        ArrayNode added = json.putArray("added_tokens");
        control.forEach((text, id) -> added.addObject()
                .put("id", id)
                .put("content", text)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true));
        ObjectNode model = json.putObject("model").put("type", "BPE");
        vocabulary(model.putObject("vocab"), tokens, control);
        model.putArray("merges");
        return json.toString();
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
    }

    private static void vocabulary(ObjectNode vocabulary, int tokens, Map<String, Integer> control) {
        Collection<Integer> taken = new HashSet<>(control.values());
        int written = 0;
        for (int id = 0; id < tokens; id++) {
            if (!taken.contains(id)) {
                vocabulary.put(written < BYTES ? character(written) : word(written - BYTES), id);
                written++;
            }
        }
        control.forEach(vocabulary::put);
    }

    /** The character that stands for a byte: itself if it is printable, or else one from U+0100 on. Source: GPT-2. */
    private static String character(int value) {
        int hidden = 0;
        for (int other = 0; other < BYTES; other++) {
            boolean printable = other > ' ' && other < 0x7f || other > 0xa0 && other != 0xad;
            if (other == value) {
                return String.valueOf((char) (printable ? value : BYTES + hidden));
            }
            hidden += printable ? 0 : 1;
        }
        throw new IllegalArgumentException(value + " is no byte");
    }

    /** A word of at least two letters with a space before it; each number has its own. */
    private static String word(int number) {
        StringBuilder word = new StringBuilder();
        for (int rest = number + LETTERS; rest >= 0; rest = rest / LETTERS - 1) {
            word.insert(0, (char) ('a' + rest % LETTERS));
        }
        return word.insert(0, '\u0120').toString();
    }
}

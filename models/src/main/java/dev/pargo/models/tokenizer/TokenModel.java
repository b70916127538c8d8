package dev.pargo.models.tokenizer;

import dev.pargo.models.config.JsonConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The model of a {@code tokenizer.json}: its tokens, and how text is cut into them.
 *
 * @param section  the file's section
 * @param unigram  whether the vocabulary is a list of tokens and scores; otherwise it maps tokens to ids
 * @param ids      of all tokens of the vocabulary
 */
record TokenModel(JsonConfig section, boolean unigram, Map<String, Integer> ids) {

    private static final String VOCABULARY = "vocab";
    private static final String UNKNOWN = "unk_token";

    /** @throws dev.pargo.models.config.ConfigException if the model is of another type */
    static TokenModel of(JsonConfig file) {
        JsonConfig section = file.section("model");
        String type = section.string("type", "BPE");
        Map<String, Integer> ids = new LinkedHashMap<>();
        switch (type) {
            case "BPE", "WordPiece" ->
                section.section(VOCABULARY)
                        .json()
                        .properties()
                        .forEach(token ->
                                ids.put(token.getKey(), token.getValue().asInt(-1)));
            case "Unigram" -> {
                int id = 0;
                for (JsonNode token : section.json().path(VOCABULARY)) {
                    ids.put(token.path(0).asString(""), id++);
                }
            }
            default -> throw section.unknown("type", type, "BPE, Unigram, WordPiece");
        }
        return new TokenModel(section, type.equals("Unigram"), ids);
    }

    /**
     * The section with other names for some tokens of the vocabulary, so that no text is cut into them.
     *
     * @param names new names by old ones
     */
    ObjectNode renamed(Map<String, String> names) {
        ObjectNode model = JsonNodeFactory.instance.objectNode();
        model.setAll((ObjectNode) section.json());
        if (unigram) {
            ArrayNode vocabulary = model.putArray(VOCABULARY);
            for (JsonNode token : section.json().path(VOCABULARY)) {
                String name = token.path(0).asString("");
                vocabulary.addArray().add(names.getOrDefault(name, name)).add(token.path(1));
            }
            return model;
        }
        ObjectNode vocabulary = model.putObject(VOCABULARY);
        ids.forEach((name, id) -> vocabulary.put(names.getOrDefault(name, name), id));
        String unknown = section.string(UNKNOWN, "");
        if (names.containsKey(unknown)) {
            model.put(UNKNOWN, names.get(unknown));
        }
        if (section.json().path("merges") instanceof ArrayNode merges) {
            model.set("merges", without(names.keySet(), merges));
        }
        return model;
    }

    /** Merges that neither take nor make one of the tokens. */
    private static ArrayNode without(Set<String> names, ArrayNode merges) {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode(merges.size());
        for (JsonNode merge : merges) {
            String[] pair = merge.isArray()
                    ? new String[] {merge.path(0).asString(""), merge.path(1).asString("")}
                    : merge.asString("").split(" ", 2);
            boolean touches = names.contains(pair[0]) || names.contains(pair[1]) || names.contains(pair[0] + pair[1]);
            if (!touches) {
                kept.add(merge);
            }
        }
        return kept;
    }
}

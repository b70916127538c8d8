package dev.pargo.evaluation.benchmark;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;

/** How answers are decoded. The same question always gets the same answer, whatever the endpoint's defaults are. */
enum Decoding {
    /** The most probable token at each step. */
    GREEDY(Map.of("temperature", IntNode.valueOf(0))),
    /** As in ParGo's public evaluation: four beams, length penalty 1, no early stopping. */
    REFERENCE(Map.of(
            "temperature", IntNode.valueOf(0),
            "num_beams", IntNode.valueOf(4),
            "length_penalty", IntNode.valueOf(1),
            "early_stopping", BooleanNode.FALSE));

    private final Map<String, JsonNode> fields;

    Decoding(Map<String, JsonNode> fields) {
        this.fields = fields;
    }

    /** Fields of every request, in a new map. */
    Map<String, JsonNode> fields() {
        return new TreeMap<>(fields);
    }
}

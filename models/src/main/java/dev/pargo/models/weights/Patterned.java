package dev.pargo.models.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/**
 * A number for all modules, with exceptions for modules whose names match a pattern (PEFT's {@code rank_pattern} and
 * {@code alpha_pattern}).
 *
 * @param value      number for modules that match no pattern
 * @param exceptions by regular expression for the end of a name, from a dot on; the first that matches counts
 */
record Patterned(double value, Map<Pattern, Double> exceptions) {

    static Patterned of(double value) {
        return new Patterned(value, Map.of());
    }

    /** @throws CheckpointException if a number is not positive, or an expression is invalid */
    static Patterned read(Path configuration, JsonNode json, String field, String patterns) {
        Map<Pattern, Double> exceptions = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.path(patterns).properties()) {
            try {
                exceptions.put(
                        Pattern.compile("(.*\\.)?(" + entry.getKey() + ")$"),
                        positive(configuration, entry.getValue(), "%s of %s".formatted(patterns, entry.getKey())));
            } catch (PatternSyntaxException e) {
                throw new CheckpointException(
                        configuration, "%s: '%s' is not a regular expression".formatted(patterns, entry.getKey()), e);
            }
        }
        return new Patterned(positive(configuration, json.path(field), field), exceptions);
    }

    private static double positive(Path configuration, JsonNode value, String what) {
        if (!value.isNumber() || value.asDouble() <= 0) {
            throw new CheckpointException(configuration, what + " is not a positive number");
        }
        return value.asDouble();
    }

    double of(String module) {
        for (Map.Entry<Pattern, Double> exception : exceptions.entrySet()) {
            if (exception.getKey().matcher(module).lookingAt()) {
                return exception.getValue();
            }
        }
        return value;
    }
}

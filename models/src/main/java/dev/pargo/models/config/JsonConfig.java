package dev.pargo.models.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object that describes a model, read field by field. A field that is null counts as absent. A missing field or
 * a field of another type is reported with the names of file and field. Immutable.
 */
public final class JsonConfig {

    private static final JsonMapper JSON = new JsonMapper();
    private static final long MAX_FILE_BYTES = 64 << 20;

    /** Upper limit of dimensions of networks, token ids and sizes in pixels. */
    private static final int MAX_INTEGER = 1 << 30;

    private final Path file;
    private final String path;
    private final JsonNode node;

    private JsonConfig(Path file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /** @throws ConfigException if the file is not there, or is not a JSON object */
    public static JsonConfig read(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new ConfigException("%s has more than %d bytes".formatted(file, MAX_FILE_BYTES));
            }
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw new ConfigException(file + " is not a JSON object");
            }
            return new JsonConfig(file, "", node);
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file, e);
        } catch (JacksonException e) {
            throw new ConfigException("%s is not valid JSON (line %d)".formatted(file, line(e)), e);
        }
    }

    private static int line(JacksonException e) {
        return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    }

    /** @param file the file that the object was read from or will be written to */
    public static JsonConfig of(Path file, ObjectNode object) {
        return new JsonConfig(file, "", object);
    }

    public Path file() {
        return file;
    }

    /** The object as it stands in the file. */
    public JsonNode json() {
        return node;
    }

    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    /** A field that is an object itself. */
    public JsonConfig section(String field) {
        return new JsonConfig(file, name(field), required(field, JsonNode::isObject, "an object"));
    }

    /** The object of the field, or one without fields. */
    public JsonConfig sectionOrEmpty(String field) {
        return has(field) ? section(field) : new JsonConfig(file, name(field), JSON.createObjectNode());
    }

    public String string(String field) {
        return required(field, JsonNode::isString, "a text").asString();
    }

    public String string(String field, String otherwise) {
        return has(field) ? string(field) : otherwise;
    }

    /** A whole number, 0 or more. */
    public int integer(String field) {
        return required(field, JsonConfig::isInteger, "a whole number from 0 to %d".formatted(MAX_INTEGER))
                .asInt();
    }

    public int integer(String field, int otherwise) {
        return has(field) ? integer(field) : otherwise;
    }

    /** A whole number that is at least 1, such as a dimension. */
    public int size(String field) {
        int size = integer(field);
        if (size == 0) {
            throw problem(name(field) + " is 0");
        }
        return size;
    }

    public int size(String field, int otherwise) {
        return has(field) ? size(field) : otherwise;
    }

    public double number(String field) {
        return required(field, JsonNode::isNumber, "a number").asDouble();
    }

    public double number(String field, double otherwise) {
        return has(field) ? number(field) : otherwise;
    }

    public boolean flag(String field, boolean otherwise) {
        return has(field)
                ? required(field, JsonNode::isBoolean, "true or false").asBoolean()
                : otherwise;
    }

    /** The numbers of an array. */
    public List<Double> numbers(String field) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : required(field, JsonNode::isArray, "a list of numbers")) {
            if (!element.isNumber()) {
                throw problem(name(field) + " is not a list of numbers");
            }
            numbers.add(element.asDouble());
        }
        return numbers;
    }

    /** The texts of an array; none if the field is absent. */
    public List<String> strings(String field) {
        List<String> strings = new ArrayList<>();
        if (has(field)) {
            for (JsonNode element : required(field, JsonNode::isArray, "a list of texts")) {
                if (!element.isString()) {
                    throw problem(name(field) + " is not a list of texts");
                }
                strings.add(element.asString());
            }
        }
        return strings;
    }

    /** Whole numbers of either sign, as an array or a single one; none if the field is absent. */
    public List<Integer> integers(String field) {
        List<Integer> integers = new ArrayList<>();
        if (has(field)) {
            JsonNode value = node.get(field);
            for (JsonNode element : value.isArray() ? value : List.of(value)) {
                if (!element.isInt()) {
                    throw problem(name(field) + " is not a list of whole numbers");
                }
                integers.add(element.asInt());
            }
        }
        return integers;
    }

    /** Lists of whole numbers of either sign; none if the field is absent. */
    public List<List<Integer>> integerLists(String field) {
        List<List<Integer>> lists = new ArrayList<>();
        if (has(field)) {
            for (JsonNode list : required(field, JsonNode::isArray, "a list of lists of whole numbers")) {
                List<Integer> numbers = new ArrayList<>();
                for (JsonNode element : list) {
                    if (!element.isInt()) {
                        throw problem(name(field) + " is not a list of lists of whole numbers");
                    }
                    numbers.add(element.asInt());
                }
                lists.add(numbers);
            }
        }
        return lists;
    }

    /** The same object with a field set. */
    public JsonConfig with(String field, boolean value) {
        return new JsonConfig(file, path, ((ObjectNode) node.deepCopy()).put(field, value));
    }

    /** Builds an object from the fields. An IllegalArgumentException is reported as a problem of this file. */
    public <T> T make(Supplier<T> factory) {
        try {
            return factory.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(problem(e.getMessage()).getMessage(), e);
        }
    }

    /** An exception whose message names the file. */
    public ConfigException problem(String problem) {
        return new ConfigException(file + ": " + problem);
    }

    /** The exception for a field whose value is none of the known ones. */
    public ConfigException unknown(String field, String value, String known) {
        return problem("unknown %s '%s'; known: %s".formatted(name(field), value, known));
    }

    private JsonNode required(String field, Predicate<JsonNode> kind, String what) {
        if (!has(field)) {
            throw problem("%s is missing".formatted(name(field)));
        }
        JsonNode value = node.get(field);
        if (!kind.test(value)) {
            throw problem("%s is not %s".formatted(name(field), what));
        }
        return value;
    }

    private static boolean isInteger(JsonNode value) {
        return value.isInt() && value.asInt() >= 0 && value.asInt() <= MAX_INTEGER;
    }

    private String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}

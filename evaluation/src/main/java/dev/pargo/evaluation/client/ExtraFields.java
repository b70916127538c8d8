package dev.pargo.evaluation.client;

import dev.pargo.evaluation.input.InputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** An option for request fields that have no option of their own. */
public final class ExtraFields {

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description =
                    "Another field of every request, such as temperature=0.7; null leaves one out; may be repeated.")
    private Map<String, String> fields = new LinkedHashMap<>();

    /** The fields, in a new map. A value that is not JSON is taken as text. */
    public Map<String, JsonNode> parse() {
        Map<String, JsonNode> parsed = new TreeMap<>();
        fields.forEach((name, value) -> {
            if (name.equals("messages") || name.equals("model") || name.startsWith("stream")) {
                throw new InputException("--set cannot change " + name);
            }
            parsed.put(name, parse(value));
        });
        return parsed;
    }

    private static JsonNode parse(String value) {
        try {
            return JsonMapper.shared().readTree(value);
        } catch (JacksonException plainText) {
            return StringNode.valueOf(value);
        }
    }
}

package dev.pargo.gateway.toolcall;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * A call of a tool that a model has written.
 *
 * @param arguments a JSON object, as the model wrote it
 */
public record WrittenCall(String name, String arguments) {

    /** @param json an object that is known to be a call */
    static WrittenCall of(String json, ToolCallRules rules) {
        String name = "";
        String arguments = "";
        try (JsonParser parser = CallCandidate.JSON.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                if (field.equals(CallCandidate.NAME)) {
                    name = parser.getString();
                }
                parser.skipChildren();
                if (field.equals(rules.form().getArguments())) {
                    arguments =
                            json.substring(start, (int) parser.currentLocation().getCharOffset());
                }
            }
        }
        return new WrittenCall(name, arguments);
    }
}

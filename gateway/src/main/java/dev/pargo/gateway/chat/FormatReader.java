package dev.pargo.gateway.chat;

import static dev.pargo.gateway.chat.ChatFields.CHOICE;
import static dev.pargo.gateway.chat.ChatFields.FORMAT_TYPE;
import static dev.pargo.gateway.chat.ChatFields.GUIDED_CHOICE;
import static dev.pargo.gateway.chat.ChatFields.GUIDED_JSON;
import static dev.pargo.gateway.chat.ChatFields.GUIDED_REGEX;
import static dev.pargo.gateway.chat.ChatFields.JSON;
import static dev.pargo.gateway.chat.ChatFields.JSON_OBJECT;
import static dev.pargo.gateway.chat.ChatFields.JSON_SCHEMA;
import static dev.pargo.gateway.chat.ChatFields.REGEX;
import static dev.pargo.gateway.chat.ChatFields.RESPONSE_FORMAT;
import static dev.pargo.gateway.chat.ChatFields.SCHEMA;
import static dev.pargo.gateway.chat.ChatFields.STRUCTURED_OUTPUTS;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what an answer must look like: in OpenAI's words, or in vLLM's older or newer ones. */
final class FormatReader {

    private static final List<Field<?>> FIELDS =
            List.of(RESPONSE_FORMAT, GUIDED_CHOICE, GUIDED_JSON, GUIDED_REGEX, STRUCTURED_OUTPUTS);

    private FormatReader() {}

    /** The format; empty for any text. */
    static Optional<AnswerFormat> read(Values request) {
        List<AnswerFormat> formats = new ArrayList<>(
                guided(request.get(GUIDED_CHOICE), request.get(GUIDED_JSON), request.get(GUIDED_REGEX), false));
        responseFormat(request.get(RESPONSE_FORMAT)).ifPresent(formats::add);
        structuredOutputs(request.get(STRUCTURED_OUTPUTS)).ifPresent(formats::add);
        if (formats.size() > 1) {
            throw Bounds.invalid(
                    field(request),
                    "only one of response_format, guided_choice, guided_json, guided_regex and structured_outputs may be given");
        }
        return formats.stream().findFirst();
    }

    /** The field that asks for the format, if one does. */
    static String field(Values request) {
        return FIELDS.stream()
                .filter(field -> field != RESPONSE_FORMAT && request.has(field))
                .findFirst()
                .orElse(RESPONSE_FORMAT)
                .name();
    }

    private static Optional<AnswerFormat> responseFormat(@Nullable Values format) {
        if (format == null) {
            return Optional.empty();
        }
        return switch (format.get(FORMAT_TYPE, "")) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(format.has(SCHEMA) ? schema(format.get(SCHEMA, "")) : jsonObject());
            case "json_schema" -> {
                @Nullable Values named = format.get(JSON_SCHEMA);
                if (named == null || !named.has(SCHEMA)) {
                    throw Bounds.invalid(
                            "response_format", "response_format.json_schema.schema must be there with this type");
                }
                yield Optional.of(schema(named.get(SCHEMA, "")));
            }
            default ->
                throw Bounds.invalid(
                        "response_format", "response_format.type must be text, json_object or json_schema");
        };
    }

    private static Optional<AnswerFormat> structuredOutputs(@Nullable Values outputs) {
        if (outputs == null) {
            return Optional.empty();
        }
        List<AnswerFormat> formats =
                guided(outputs.get(CHOICE), outputs.get(JSON), outputs.get(REGEX), outputs.is(JSON_OBJECT));
        if (formats.size() != 1) {
            throw Bounds.invalid(
                    "structured_outputs", "structured_outputs must have one of choice, json, json_object and regex");
        }
        return formats.stream().findFirst();
    }

    private static List<AnswerFormat> guided(
            @Nullable List<String> choice, @Nullable String schema, @Nullable String regex, boolean jsonObject) {
        return Stream.of(
                        Optional.ofNullable(choice).map(FormatReader::oneOf),
                        Optional.ofNullable(schema).map(FormatReader::schema),
                        Optional.ofNullable(regex)
                                .map(pattern -> AnswerFormat.newBuilder()
                                        .setRegex(pattern)
                                        .build()),
                        jsonObject ? Optional.of(jsonObject()) : Optional.<AnswerFormat>empty())
                .flatMap(Optional::stream)
                .toList();
    }

    private static AnswerFormat schema(String text) {
        return AnswerFormat.newBuilder().setJsonSchema(text).build();
    }

    private static AnswerFormat oneOf(List<String> choices) {
        return AnswerFormat.newBuilder()
                .setOneOf(AnswerFormat.Choices.newBuilder().addAllStrings(choices))
                .build();
    }

    private static AnswerFormat jsonObject() {
        return AnswerFormat.newBuilder().setJsonObject(true).build();
    }
}

package dev.pargo.gateway.chat;

import static java.util.Objects.requireNonNullElse;

import dev.pargo.proto.v1.AnswerFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what an answer must look like: in OpenAI's words, or in vLLM's older or newer ones. */
final class FormatReader {

    private static final int MAX_CHOICES = 1000;
    private static final int MAX_CHOICE_LENGTH = 1000;
    private static final int MAX_SCHEMA_LENGTH = 256 << 10;
    private static final int MAX_REGEX_LENGTH = 4096;

    private FormatReader() {}

    /** The format; empty for any text. */
    static Optional<AnswerFormat> read(ChatRequest request) {
        List<AnswerFormat> formats = Stream.of(
                        responseFormat(request.responseFormat()),
                        oneOf("guided_choice", request.guidedChoice()),
                        schema("guided_json", request.guidedJson()),
                        regex("guided_regex", request.guidedRegex()),
                        structuredOutputs(request.structuredOutputs()))
                .flatMap(Optional::stream)
                .toList();
        if (formats.size() > 1) {
            throw Bounds.invalid(
                    field(request),
                    "only one of response_format, guided_choice, guided_json, guided_regex and structured_outputs may be given");
        }
        return formats.stream().findFirst();
    }

    /** The field that asks for the format, if one does. */
    static String field(ChatRequest request) {
        if (request.guidedChoice() != null) {
            return "guided_choice";
        }
        if (request.guidedJson() != null) {
            return "guided_json";
        }
        if (request.guidedRegex() != null) {
            return "guided_regex";
        }
        return request.structuredOutputs() != null ? "structured_outputs" : "response_format";
    }

    private static Optional<AnswerFormat> responseFormat(ChatRequest.@Nullable ResponseFormat format) {
        if (format == null) {
            return Optional.empty();
        }
        return switch (requireNonNullElse(format.type(), "")) {
            case "text" -> Optional.empty();
            case "json_object" ->
                format.schema() == null ? Optional.of(jsonObject()) : schema("response_format.schema", format.schema());
            case "json_schema" -> {
                JsonNode schema =
                        format.jsonSchema() == null ? null : format.jsonSchema().schema();
                if (schema == null) {
                    throw Bounds.invalid(
                            "response_format", "response_format.json_schema.schema must be there with this type");
                }
                yield schema("response_format.json_schema.schema", schema);
            }
            default ->
                throw Bounds.invalid(
                        "response_format", "response_format.type must be text, json_object or json_schema");
        };
    }

    private static Optional<AnswerFormat> structuredOutputs(ChatRequest.@Nullable StructuredOutputs outputs) {
        if (outputs == null) {
            return Optional.empty();
        }
        Map<String, JsonNode> others = requireNonNullElse(outputs.others(), Map.of());
        boolean other = !others.values().stream().allMatch(JsonNode::isNull);
        List<AnswerFormat> formats = Stream.of(
                        Boolean.TRUE.equals(outputs.jsonObject())
                                ? Optional.of(jsonObject())
                                : Optional.<AnswerFormat>empty(),
                        oneOf("structured_outputs.choice", outputs.choice()),
                        schema("structured_outputs.json", outputs.json()),
                        regex("structured_outputs.regex", outputs.regex()))
                .flatMap(Optional::stream)
                .toList();
        if (other || formats.size() != 1) {
            throw Bounds.invalid(
                    "structured_outputs", "structured_outputs must have one of choice, json, json_object and regex");
        }
        return formats.stream().findFirst();
    }

    /** A schema may be given as JSON, or as a string that holds it. */
    private static Optional<AnswerFormat> schema(String field, @Nullable JsonNode schema) {
        if (schema == null || schema.isNull()) {
            return Optional.empty();
        }
        String text = schema.isString() ? schema.stringValue() : schema.toString();
        if (text.length() > MAX_SCHEMA_LENGTH) {
            throw Bounds.invalid(field, "%s must have at most %d characters".formatted(field, MAX_SCHEMA_LENGTH));
        }
        return Optional.of(AnswerFormat.newBuilder().setJsonSchema(text).build());
    }

    private static Optional<AnswerFormat> regex(String field, @Nullable String regex) {
        if (regex == null) {
            return Optional.empty();
        }
        if (regex.length() > MAX_REGEX_LENGTH) {
            throw Bounds.invalid(field, "%s must have at most %d characters".formatted(field, MAX_REGEX_LENGTH));
        }
        return Optional.of(AnswerFormat.newBuilder().setRegex(regex).build());
    }

    private static Optional<AnswerFormat> oneOf(String field, @Nullable List<@Nullable String> choices) {
        if (choices == null) {
            return Optional.empty();
        }
        if (choices.isEmpty()) {
            throw Bounds.invalid(field, field + " must have at least one string");
        }
        Bounds.atMost(field, choices, MAX_CHOICES, "strings");
        AnswerFormat.Choices.Builder strings = AnswerFormat.Choices.newBuilder();
        for (@Nullable String choice : choices) {
            if (choice == null || choice.isEmpty() || choice.length() > MAX_CHOICE_LENGTH) {
                throw Bounds.invalid(
                        field, "%s must have strings of 1 to %d characters".formatted(field, MAX_CHOICE_LENGTH));
            }
            strings.addStrings(choice);
        }
        return Optional.of(AnswerFormat.newBuilder().setOneOf(strings).build());
    }

    private static AnswerFormat jsonObject() {
        return AnswerFormat.newBuilder().setJsonObject(true).build();
    }
}

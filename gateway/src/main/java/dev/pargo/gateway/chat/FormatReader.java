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

    private FormatReader() {}

    /** The format; empty for any text. */
    static Optional<AnswerFormat> read(ChatRequest request) {
        List<AnswerFormat> formats = Stream.of(
                        responseFormat(request.responseFormat()),
                        oneOf("guided_choice", request.guidedChoice()),
                        structuredOutputs(request.structuredOutputs()))
                .flatMap(Optional::stream)
                .toList();
        if (formats.size() > 1) {
            throw Bounds.invalid(
                    field(request), "only one of response_format, guided_choice and structured_outputs may be given");
        }
        return formats.stream().findFirst();
    }

    /** The field that asks for the format, if one does. */
    static String field(ChatRequest request) {
        return request.guidedChoice() != null
                ? "guided_choice"
                : request.structuredOutputs() != null ? "structured_outputs" : "response_format";
    }

    private static Optional<AnswerFormat> responseFormat(ChatRequest.@Nullable ResponseFormat format) {
        if (format == null) {
            return Optional.empty();
        }
        return switch (requireNonNullElse(format.type(), "")) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(jsonObject());
            default -> throw Bounds.invalid("response_format", "response_format.type must be text or json_object");
        };
    }

    private static Optional<AnswerFormat> structuredOutputs(ChatRequest.@Nullable StructuredOutputs outputs) {
        if (outputs == null) {
            return Optional.empty();
        }
        boolean json = Boolean.TRUE.equals(outputs.jsonObject());
        Map<String, JsonNode> others = requireNonNullElse(outputs.others(), Map.of());
        boolean other = !others.values().stream().allMatch(JsonNode::isNull);
        if (other || json == (outputs.choice() != null)) {
            throw Bounds.invalid("structured_outputs", "structured_outputs must have choice or json_object");
        }
        return json ? Optional.of(jsonObject()) : oneOf("structured_outputs.choice", outputs.choice());
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

package dev.pargo.gateway.decoding;

import static dev.pargo.gateway.decoding.DecodingFields.CHOICE;
import static dev.pargo.gateway.decoding.DecodingFields.FORMAT_TYPE;
import static dev.pargo.gateway.decoding.DecodingFields.GUIDED_CHOICE;
import static dev.pargo.gateway.decoding.DecodingFields.GUIDED_JSON;
import static dev.pargo.gateway.decoding.DecodingFields.GUIDED_REGEX;
import static dev.pargo.gateway.decoding.DecodingFields.JSON;
import static dev.pargo.gateway.decoding.DecodingFields.JSON_OBJECT;
import static dev.pargo.gateway.decoding.DecodingFields.JSON_SCHEMA;
import static dev.pargo.gateway.decoding.DecodingFields.REGEX;
import static dev.pargo.gateway.decoding.DecodingFields.RESPONSE_FORMAT;
import static dev.pargo.gateway.decoding.DecodingFields.SCHEMA;
import static dev.pargo.gateway.decoding.DecodingFields.STRUCTURED_OUTPUTS;
import static dev.pargo.gateway.decoding.DecodingFields.TOP_SCHEMA;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the format of an answer from OpenAI's fields, or from vLLM's older or newer fields. */
public final class FormatReader {

    private static final List<Field<?>> FIELDS =
            List.of(GUIDED_CHOICE, GUIDED_JSON, GUIDED_REGEX, TOP_SCHEMA, STRUCTURED_OUTPUTS);

    /** The beginning of the LLM's refusals of a format. */
    private static final String LLM_FIELD = "format.";

    private FormatReader() {}

    /** The format; empty for any text. */
    static Optional<AnswerFormat> read(Values request, AnswerShape shape) {
        List<AnswerFormat> formats = new ArrayList<>(
                guided(request.get(GUIDED_CHOICE), request.get(GUIDED_JSON), request.get(GUIDED_REGEX), false));
        Optional.ofNullable(request.get(TOP_SCHEMA)).map(FormatReader::schema).ifPresent(formats::add);
        structuredOutputs(request.get(STRUCTURED_OUTPUTS)).ifPresent(formats::add);
        Optional.ofNullable(shape.format()).ifPresent(formats::add);
        if (formats.size() > 1) {
            throw Bounds.invalid(
                    field(request, shape),
                    "only one of %s, guided_choice, guided_json, guided_regex, json_schema and structured_outputs may be given"
                            .formatted(shape.formatField()));
        }
        return formats.stream().findFirst();
    }

    /** The field with the format; empty if there is none. */
    public static String field(Values request, AnswerShape shape) {
        return FIELDS.stream().filter(request::has).findFirst().map(Field::name).orElse(shape.formatField());
    }

    /** Replaces the LLM's name of the format by the client's field, before the path in a schema. */
    public static GatewayException named(GatewayException refusal, String field) {
        String message = refusal.getMessage();
        return refusal.param() == null && message.startsWith(LLM_FIELD)
                ? GatewayException.invalid(
                        field, "invalid_format", field + message.substring(Math.max(0, message.indexOf(' '))))
                : refusal;
    }

    /** Reads {@code response_format}; null for any text. */
    public static @Nullable AnswerFormat responseFormat(@Nullable Values format) {
        return format == null
                ? null
                : read(RESPONSE_FORMAT.name(), format, "json_schema.", format.get(JSON_SCHEMA, Values.NONE));
    }

    /** Reads {@code text.format} of a response, which holds the schema itself; null for any text. */
    public static @Nullable AnswerFormat textFormat(@Nullable Values format) {
        return format == null ? null : read("text.format", format, "", format);
    }

    private static @Nullable AnswerFormat read(String field, Values format, String path, Values schema) {
        return switch (format.get(FORMAT_TYPE, "")) {
            case "text" -> null;
            case "json_object" -> format.has(SCHEMA) ? schema(format.get(SCHEMA, "")) : jsonObject();
            case "json_schema" -> {
                if (!schema.has(SCHEMA)) {
                    throw Bounds.invalid(field, "%s.%sschema must be there with this type".formatted(field, path));
                }
                yield schema(schema.get(SCHEMA, ""));
            }
            default -> throw Bounds.invalid(field, field + ".type must be text, json_object or json_schema");
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

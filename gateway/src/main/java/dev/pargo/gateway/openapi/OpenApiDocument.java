package dev.pargo.gateway.openapi;

import dev.pargo.gateway.attention.AttentionFields;
import dev.pargo.gateway.chat.ChatFields;
import dev.pargo.gateway.completions.CompletionFields;
import dev.pargo.gateway.error.Problem;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.responses.ResponseFields;
import dev.pargo.gateway.tokens.TokenFields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI document, generated from the same fields that read requests. */
final class OpenApiDocument {

    private static final String JSON = "application/json";
    private static final Map<String, Object> TEXT = Map.of("type", "string");
    private static final Map<String, Object> TEXT_OR_NULL = Map.of("type", List.of("string", "null"));
    private static final Map<String, Object> COUNT = Map.of("type", "integer", "minimum", 0);
    private static final Map<String, Object> IDS = Map.of("type", "array", "items", COUNT);

    private OpenApiDocument() {}

    static Map<String, Object> write() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "ParGo Serving",
                        "version",
                        "1",
                        "description",
                        "Multimodal LLMs behind OpenAI's API. A field whose description begins with Refused is taken with its neutral value only."));
        document.put("security", List.of(Map.of(), Map.of("key", List.of())));
        document.put("paths", paths());
        document.put(
                "components",
                Map.of(
                        "securitySchemes",
                        Map.of("key", Map.of("type", "http", "scheme", "bearer")),
                        "schemas",
                        Map.of("Error", error()),
                        "responses",
                        failures()));
        return document;
    }

    private static Map<String, Object> paths() {
        Map<String, Object> paths = new LinkedHashMap<>();
        paths.put(
                "/v1/chat/completions",
                post(
                        "Answers a conversation.",
                        ChatFields.ALL,
                        streamed(
                                "A chat completion; its chunks with `stream`.",
                                choices(Arrays.asList("stop", "length", "tool_calls", null), "message", "delta"))));
        paths.put(
                "/v1/completions",
                post(
                        "Continues a text.",
                        CompletionFields.ALL,
                        streamed(
                                "A completion; its chunks with `stream`.",
                                choices(Arrays.asList("stop", "length", null), "text"))));
        paths.put(
                "/v1/responses",
                post(
                        "Answers a conversation in OpenAI's newer format.",
                        ResponseFields.ALL,
                        streamed("A response; its events with `stream`.", response())));
        paths.put(
                "/v1/attention",
                post(
                        "Tells what a model's visual tokens attend to in a picture.",
                        AttentionFields.ALL,
                        answer(
                                "The weights; a heat map for those who accept `image/png` only.",
                                Map.of(JSON, Map.of(), "image/png", Map.of()))));
        paths.put(
                "/tokenize",
                post(
                        "Tells the tokens of a text or a conversation.",
                        TokenFields.TOKENIZE,
                        json("The tokens.", object(Map.of("count", COUNT, "max_model_len", COUNT, "tokens", IDS)))));
        paths.put(
                "/detokenize",
                post(
                        "Tells what tokens say.",
                        TokenFields.DETOKENIZE,
                        json("The text.", object(Map.of("prompt", TEXT)))));
        paths.put("/v1/models", get("The models on offer.", object(Map.of("object", TEXT, "data", list(model())))));
        paths.put("/v1/models/{model}", model("One model."));
        paths.put("/health", get("The gateway answers.", object(Map.of("status", TEXT))));
        paths.put("/version", get("The gateway's version.", object(Map.of("version", TEXT))));
        paths.put("/openapi.json", get("This document.", Map.of("type", "object")));
        return paths;
    }

    private static Map<String, Object> post(String summary, Fields fields, Map<String, Object> answer) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", summary);
        operation.put(
                "requestBody", Map.of("required", true, "content", Map.of(JSON, Map.of("schema", fields.schema()))));
        operation.put("responses", responses(answer, List.of(Problem.values())));
        return Map.of("post", operation);
    }

    private static Map<String, Object> get(String summary, Map<String, Object> schema) {
        return Map.of("get", read(summary, schema));
    }

    private static Map<String, Object> model(String summary) {
        Map<String, Object> operation = read(summary, model());
        operation.put("parameters", List.of(Map.of("name", "model", "in", "path", "required", true, "schema", TEXT)));
        return Map.of("get", operation);
    }

    private static Map<String, Object> read(String summary, Map<String, Object> schema) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", summary);
        operation.put(
                "responses",
                responses(
                        json(summary, schema),
                        List.of(Problem.UNAUTHORIZED, Problem.FORBIDDEN, Problem.NOT_FOUND, Problem.FAILED)));
        return operation;
    }

    private static Map<String, Object> responses(Map<String, Object> answer, List<Problem> problems) {
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put("200", answer);
        for (Problem problem : problems) {
            responses.put(
                    String.valueOf(problem.status()), Map.of("$ref", "#/components/responses/" + problem.status()));
        }
        return responses;
    }

    /** One response for each status. */
    private static Map<String, Object> failures() {
        Map<String, Object> responses = new LinkedHashMap<>();
        for (Problem problem : Problem.values()) {
            String kinds = String.join(
                    ", or ",
                    Arrays.stream(Problem.values())
                            .filter(other -> other.status() == problem.status())
                            .map(other -> other.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                            .toList());
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", "Error: " + kinds + ".");
            if (problem == Problem.BUSY || problem == Problem.RATE_LIMIT || problem == Problem.UNAVAILABLE) {
                response.put(
                        "headers",
                        Map.of("Retry-After", Map.of("description", "Seconds until the next try.", "schema", COUNT)));
            }
            response.put("content", Map.of(JSON, Map.of("schema", Map.of("$ref", "#/components/schemas/Error"))));
            responses.put(String.valueOf(problem.status()), response);
        }
        return responses;
    }

    /** The error object in OpenAI's format. */
    private static Map<String, Object> error() {
        return object(Map.of(
                "error",
                object(Map.of(
                        "message",
                        Map.of("type", "string", "description", "Names the field and its limit."),
                        "type",
                        TEXT,
                        "param",
                        Map.of("type", List.of("string", "null"), "description", "Path of the field."),
                        "code",
                        TEXT_OR_NULL))));
    }

    private static Map<String, Object> choices(List<?> finishReasons, String... contents) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", COUNT);
        choice.put("finish_reason", Map.of("enum", finishReasons));
        for (String content : contents) {
            choice.put(content, Map.of());
        }
        choice.put("logprobs", Map.of());
        return Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                        "id",
                        TEXT,
                        "object",
                        TEXT,
                        "created",
                        COUNT,
                        "model",
                        TEXT,
                        "system_fingerprint",
                        TEXT,
                        "choices",
                        list(Map.of("type", "object", "properties", choice)),
                        "usage",
                        Map.of("description", "Counts of tokens, visual tokens and what was cached."),
                        "timings",
                        Map.of("description", "Where the time went, in milliseconds.")));
    }

    private static Map<String, Object> response() {
        return object(Map.of(
                "id", TEXT, "object", TEXT, "status", TEXT, "model", TEXT, "output", list(Map.of("type", "object"))));
    }

    private static Map<String, Object> model() {
        return object(Map.of("id", TEXT, "object", TEXT, "created", COUNT, "owned_by", TEXT));
    }

    private static Map<String, Object> streamed(String description, Map<String, Object> schema) {
        return answer(description, Map.of(JSON, Map.of("schema", schema), "text/event-stream", Map.of()));
    }

    private static Map<String, Object> json(String description, Map<String, Object> schema) {
        return answer(description, Map.of(JSON, Map.of("schema", schema)));
    }

    private static Map<String, Object> answer(String description, Map<String, Object> content) {
        return Map.of("description", description, "content", content);
    }

    private static Map<String, Object> list(Map<String, Object> items) {
        return Map.of("type", "array", "items", items);
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        return Map.of("type", "object", "required", List.copyOf(properties.keySet()), "properties", properties);
    }
}

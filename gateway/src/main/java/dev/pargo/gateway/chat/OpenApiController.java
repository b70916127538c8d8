package dev.pargo.gateway.chat;

import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The OpenAPI document, made of the descriptions that requests are read by. */
@RestController
final class OpenApiController {

    private static final Map<String, Object> TEXT = Map.of("type", "string");

    private static final Map<String, Object> ERROR = Map.of(
            "description",
            "An error in OpenAI's shape, which names the field and its limit.",
            "content",
            json(object(Map.of("error", object(Map.of("message", TEXT, "type", TEXT, "param", TEXT, "code", TEXT))))));

    @GetMapping("/openapi.json")
    Map<String, Object> document() {
        return Map.of(
                "openapi",
                "3.1.0",
                "info",
                Map.of("title", "ParGo Serving", "version", "1"),
                "paths",
                Map.of(
                        "/v1/chat/completions",
                        Map.of("post", chat()),
                        "/v1/models",
                        Map.of("get", answered("The models on offer.")),
                        "/v1/models/{model}",
                        Map.of("get", answered("One model.")),
                        "/health",
                        Map.of("get", answered("The gateway answers.")),
                        "/version",
                        Map.of("get", answered("The gateway's version."))));
    }

    private static Map<String, Object> chat() {
        return Map.of(
                "summary",
                "Answers a conversation.",
                "requestBody",
                Map.of("required", true, "content", json(ChatFields.ALL.schema())),
                "responses",
                Map.of(
                        "200",
                        Map.of(
                                "description",
                                "The answer; server-sent events with `stream`.",
                                "content",
                                Map.of("application/json", Map.of(), "text/event-stream", Map.of())),
                        "default",
                        ERROR));
    }

    private static Map<String, Object> answered(String description) {
        return Map.of(
                "summary",
                description,
                "responses",
                Map.of("200", Map.of("description", description), "default", ERROR));
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        return Map.of("type", "object", "required", List.copyOf(properties.keySet()), "properties", properties);
    }
}

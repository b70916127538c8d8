package dev.pargo.gateway.openapi;

import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The OpenAPI document, which the page {@code /page/reference.html} shows to people. */
@RestController
final class OpenApiController {

    private static final Map<String, Object> DOCUMENT = OpenApiDocument.write();

    @GetMapping("/openapi.json")
    Map<String, Object> document() {
        return DOCUMENT;
    }
}

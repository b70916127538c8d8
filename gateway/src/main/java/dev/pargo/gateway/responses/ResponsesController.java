package dev.pargo.gateway.responses;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Responses: conversations in OpenAI's newer format. */
@RestController
final class ResponsesController {

    private static final Dialect DIALECT = new Dialect("responses", ResponseFields.ALL, ResponseQuestion::of);

    private final Answering answering;

    ResponsesController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/responses")
    void respond(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(DIALECT, request, response);
    }
}

package dev.pargo.gateway.completions;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Completions of text as it is, without a chat template. */
@RestController
final class CompletionsController {

    private static final Dialect DIALECT =
            new Dialect("text_completion", CompletionFields.ALL, (body, maxImages) -> CompletionQuestion.of(body));

    private final Answering answering;

    CompletionsController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(DIALECT, request, response);
    }
}

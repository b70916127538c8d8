package dev.pargo.gateway.completions;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import dev.pargo.gateway.exchange.Question;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Completions of text as it is, without a chat template. */
@RestController
final class CompletionsController implements Dialect {

    private final Answering answering;

    CompletionsController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(this, request, response);
    }

    @Override
    public String operation() {
        return "text_completion";
    }

    @Override
    public Fields fields() {
        return CompletionFields.ALL;
    }

    @Override
    public Question read(Values body, int maxImages) {
        return CompletionQuestion.of(body);
    }
}

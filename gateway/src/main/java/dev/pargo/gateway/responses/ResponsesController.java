package dev.pargo.gateway.responses;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import dev.pargo.gateway.exchange.Question;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Responses: conversations in OpenAI's newer format. */
@RestController
final class ResponsesController implements Dialect {

    private final Answering answering;

    ResponsesController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/responses")
    void respond(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(this, request, response);
    }

    @Override
    public String operation() {
        return "responses";
    }

    @Override
    public Fields fields() {
        return ResponseFields.ALL;
    }

    @Override
    public Question read(Values body, int maxImages) {
        return ResponseQuestion.of(body, maxImages);
    }
}

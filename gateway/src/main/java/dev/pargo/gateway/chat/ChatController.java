package dev.pargo.gateway.chat;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import dev.pargo.gateway.exchange.Question;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Chat completions. */
@RestController
final class ChatController implements Dialect {

    private final Answering answering;

    ChatController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/chat/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(this, request, response);
    }

    @Override
    public String operation() {
        return "chat";
    }

    @Override
    public Fields fields() {
        return ChatFields.ALL;
    }

    @Override
    public Question read(Values body, int maxImages) {
        return ChatQuestion.of(body, maxImages);
    }
}

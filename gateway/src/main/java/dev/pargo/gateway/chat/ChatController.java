package dev.pargo.gateway.chat;

import dev.pargo.gateway.exchange.Answering;
import dev.pargo.gateway.exchange.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Chat completions. */
@RestController
final class ChatController {

    private static final Dialect DIALECT = new Dialect("chat", ChatFields.ALL, ChatQuestion::of);

    private final Answering answering;

    ChatController(Answering answering) {
        this.answering = answering;
    }

    @PostMapping("/v1/chat/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        answering.answer(DIALECT, request, response);
    }
}

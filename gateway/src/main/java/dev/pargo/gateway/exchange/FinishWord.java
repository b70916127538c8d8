package dev.pargo.gateway.exchange;

import dev.pargo.proto.v1.FinishReason;

/** OpenAI's words for how an answer ended. */
public final class FinishWord {

    private FinishWord() {}

    public static String of(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}

package dev.pargo.gateway.exchange;

import dev.pargo.proto.v1.FinishReason;

/** OpenAI's words for how an answer ended. */
public final class FinishWord {

    private FinishWord() {}

    public static String of(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }

    /** @param callsTools whether the answer has calls of tools */
    public static String of(FinishReason reason, boolean callsTools) {
        return callsTools && reason == FinishReason.STOP ? "tool_calls" : of(reason);
    }
}

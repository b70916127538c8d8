package dev.pargo.llm.vllm;

import dev.pargo.llm.engine.AnswerText;
import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.StopReason;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer: its text is made of the tokens that arrive, and it ends by the same rules as one of the own engine. Not
 * thread-safe.
 */
final class RemoteAnswer {

    private final int choice;
    private final GenerationRequest request;
    private final int limit;
    private final Set<Integer> stopIds;
    private final AnswerText text;
    private int tokens;
    private boolean complete;

    /** @param limit most tokens */
    RemoteAnswer(int choice, GenerationRequest request, int limit, Tokenizer tokenizer) {
        this.choice = choice;
        this.request = request;
        this.limit = limit;
        this.stopIds = Set.copyOf(request.stopIds());
        this.text = new AnswerText(
                request.continues() ? tokenizer.newDetokenizerInside() : tokenizer.newDetokenizer(), request.stop());
    }

    /**
     * Applies an event. Tokens after the one that ends the answer are dropped.
     *
     * @return the new piece; null if the event has none
     * @throws VllmException if the server has ended the answer for another reason than its length or its text
     */
    @Nullable
    Piece take(CompletionEvent event) throws VllmException {
        int count = 0;
        StringBuilder certain = new StringBuilder();
        @Nullable StopReason reason = null;
        while (count < event.ids().length && reason == null) {
            int id = event.ids()[count++];
            certain.append(append(id));
            reason = stopReason(id);
        }
        if (reason == null && event.finishReason() != null) {
            reason = switch (event.finishReason()) {
                case "stop" -> StopReason.STOP;
                case "length" -> StopReason.LENGTH;
                default -> throw new VllmException("it has ended an answer with '%s'".formatted(event.finishReason()));
            };
        }
        if (count == 0 && reason == null) {
            return null;
        }
        if (reason != null) {
            complete = true;
            certain.append(text.finish());
        }
        List<SampleLogprobs> logprobs = event.logprobs();
        return new Piece(
                choice,
                certain.toString(),
                Arrays.copyOf(event.ids(), count),
                logprobs.isEmpty() ? logprobs : logprobs.subList(0, count),
                List.of(),
                reason);
    }

    private String append(int id) {
        tokens++;
        return stopIds.contains(id) ? "" : text.append(id, mayStop());
    }

    private boolean mayStop() {
        return tokens >= request.minTokens();
    }

    private @Nullable StopReason stopReason(int id) {
        if (mayStop() && (stopIds.contains(id) || text.stopped())) {
            return StopReason.STOP;
        }
        return tokens >= limit ? StopReason.LENGTH : null;
    }

    /** Tokens so far, end tokens included. */
    int tokens() {
        return tokens;
    }

    boolean isComplete() {
        return complete;
    }
}

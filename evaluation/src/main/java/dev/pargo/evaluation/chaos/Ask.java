package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.example.Example;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;

/**
 * One request.
 *
 * @param streamed   whether the answer is streamed as server-sent events
 * @param fresh      whether the picture is in no cache
 * @param longAnswer whether the model continues after the end of its answer, up to {@link #LONG_ANSWER} tokens
 * @param patience   time after which the client cancels
 */
record Ask(Example question, boolean streamed, boolean fresh, boolean longAnswer, Duration patience) {

    /** Longer than any request may take. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final int LONG_ANSWER = 300;

    private static final String MODEL = "pargo-mini";

    /** A request for a whole answer about a picture, by a client that waits for it. */
    static Ask plain(Example question) {
        return new Ask(question, false, false, false, PATIENCE);
    }

    /** The request. */
    ChatRequest toRequest() {
        Map<String, JsonNode> fields = new HashMap<>();
        fields.put("stream", BooleanNode.valueOf(streamed));
        fields.put("temperature", IntNode.valueOf(0));
        if (longAnswer) {
            fields.put("ignore_eos", BooleanNode.TRUE);
            fields.put("max_tokens", IntNode.valueOf(LONG_ANSWER));
        }
        byte[] picture =
                fresh ? question.freshPicture(ThreadLocalRandom.current().nextLong()) : question.picture();
        return new ChatRequest(MODEL, PictureDataUrl.of(picture, "image/png"), question.question(), fields);
    }

    /** Whether the client will cancel before the answer is complete. */
    boolean isImpatient() {
        return patience.compareTo(PATIENCE) < 0;
    }

    /** Whether a text is one of the accepted answers. A long answer only has to begin with one. */
    boolean isRight(String text, List<String> accepted) {
        return accepted.stream().anyMatch(answer -> longAnswer ? text.startsWith(answer) : text.equals(answer));
    }

    /** Whether a text may be the beginning of one of the accepted answers. */
    boolean isBeginning(String text, List<String> accepted) {
        return accepted.stream().anyMatch(answer -> answer.startsWith(text) || longAnswer && text.startsWith(answer));
    }
}

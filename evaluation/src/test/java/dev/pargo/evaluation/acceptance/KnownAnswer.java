package dev.pargo.evaluation.acceptance;

import dev.pargo.evaluation.stack.Bundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A question whose answer is known.
 *
 * @param answer       pargo-mini's greedy answer in float32
 * @param beamAnswer   its answer with four beams; null if unknown
 * @param promptTokens length of the prompt, including visual tokens
 * @param answerTokens length of the answer, including its end token
 */
record KnownAnswer(
        Path image,
        String question,
        String answer,
        @Nullable String beamAnswer,
        int promptTokens,
        int answerTokens) {

    private static final int VISUAL_TOKENS = 80;

    /** All examples of the bundle. */
    static List<KnownAnswer> all() throws IOException {
        Path directory = Bundles.PARGO_MINI.resolve("examples");
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("examples.json")))
                .path("examples")
                .valueStream()
                .flatMap(scene -> scene.path("qa")
                        .valueStream()
                        .map(qa -> read(directory.resolve(scene.path("image").asString()), qa)))
                .toList();
    }

    private static KnownAnswer read(Path image, JsonNode qa) {
        int text = qa.path("prompt_token_ids")
                .valueStream()
                .mapToInt(JsonNode::size)
                .sum();
        return new KnownAnswer(
                image,
                qa.path("question").asString(),
                qa.path("model_answer").asString(),
                qa.at("/beam4/text").asString(null),
                text + VISUAL_TOKENS,
                qa.path("model_token_ids").size());
    }

    @Override
    public String toString() {
        return image.getFileName() + ": " + question;
    }
}

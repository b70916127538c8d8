package dev.pargo.evaluation.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A question of a bundle's examples.
 *
 * @param picture the picture's file
 * @param answer  what the model answers in float32, always taking the most probable token
 */
record Question(String name, byte[] picture, String text, String answer) {

    /** All examples of a bundle. */
    static List<Question> of(Path bundle) throws IOException {
        Path directory = bundle.resolve("examples");
        List<Question> questions = new ArrayList<>();
        for (JsonNode scene : JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("examples.json")))
                .path("examples")) {
            String file = scene.path("image").asString();
            byte[] picture = Files.readAllBytes(directory.resolve(file));
            for (JsonNode qa : scene.path("qa")) {
                String text = qa.path("question").asString();
                questions.add(new Question(
                        file + ": " + text,
                        picture,
                        text,
                        qa.path("model_answer").asString()));
            }
        }
        return questions;
    }

    @Override
    public String toString() {
        return name;
    }
}

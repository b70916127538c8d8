package dev.pargo.evaluation.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A question of a bundle's examples.
 *
 * @param name    file and question
 * @param picture the picture's file
 * @param answer  the model's greedy answer in float32
 */
public record Example(String name, byte[] picture, String question, String answer) {

    /** All examples of a bundle. */
    public static List<Example> of(Path bundle) throws IOException {
        Path directory = bundle.resolve("examples");
        List<Example> examples = new ArrayList<>();
        for (JsonNode scene : JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("examples.json")))
                .path("examples")) {
            String file = scene.path("image").asString();
            byte[] picture = Files.readAllBytes(directory.resolve(file));
            for (JsonNode qa : scene.path("qa")) {
                String question = qa.path("question").asString();
                examples.add(new Example(
                        file + ": " + question,
                        picture,
                        question,
                        qa.path("model_answer").asString()));
            }
        }
        return examples;
    }

    /** The picture as a file that is in no cache: decoders ignore the number behind a PNG's end. */
    public byte[] freshPicture(long number) {
        return ByteBuffer.allocate(picture.length + Long.BYTES)
                .put(picture)
                .putLong(number)
                .array();
    }

    @Override
    public String toString() {
        return name;
    }
}

package dev.pargo.evaluation.question;

import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads questions, one JSON object per line:
 *
 * <pre>
 * {"image": "pictures/cat.png", "question": "Is there a cat?", "answer": "yes", "match": "yes_no"}
 * </pre>
 *
 * <p>Only {@code question} is required. {@code answer} may be a list of right answers. {@code id}, {@code match} and
 * {@code category} are optional. Paths are relative to the file.
 */
public final class QuestionFile {

    private static final Set<String> FIELDS = Set.of("id", "image", "question", "answer", "match", "category");

    private QuestionFile() {}

    /**
     * Reads all questions.
     *
     * @throws InputException naming the line and what is wrong with it
     */
    public static List<OwnQuestion> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InputException("there is no file of questions at " + file);
        }
        List<OwnQuestion> questions = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                OwnQuestion question = read(file, i + 1, lines.get(i));
                if (!ids.add(question.id())) {
                    throw wrong(file, i + 1, "the id %s is used twice".formatted(question.id()));
                }
                questions.add(question);
            }
        }
        if (questions.isEmpty()) {
            throw new InputException("%s has no questions".formatted(file));
        }
        return questions;
    }

    private static OwnQuestion read(Path file, int line, String text) {
        JsonNode json = parse(file, line, text);
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw wrong(
                        file,
                        line,
                        "unknown field %s; known: id, image, question, answer, match, category".formatted(field));
            }
        }
        if (!json.path("question").isString()) {
            throw wrong(file, line, "question is missing");
        }
        return new OwnQuestion(
                json.path("id").asString(String.valueOf(line)),
                image(file, line, json.path("image")),
                json.path("question").asString(),
                answers(json.path("answer")),
                match(file, line, json.path("match")),
                json.path("category").asString("all"));
    }

    private static JsonNode parse(Path file, int line, String text) {
        try {
            JsonNode json = JsonMapper.shared().readTree(text);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException notJson) {
            // Reported below, like any other line that is not an object.
        }
        throw wrong(file, line, "not a JSON object");
    }

    private static @Nullable Path image(Path file, int line, JsonNode image) {
        if (image.isMissingNode() || image.isNull()) {
            return null;
        }
        Path path = file.toAbsolutePath().resolveSibling(image.asString());
        if (!Files.isRegularFile(path)) {
            throw wrong(file, line, "there is no picture at " + path);
        }
        return path;
    }

    private static List<String> answers(JsonNode answer) {
        if (answer.isArray()) {
            return answer.valueStream().map(JsonNode::asString).toList();
        }
        return answer.isMissingNode() || answer.isNull() ? List.of() : List.of(answer.asString());
    }

    private static @Nullable Match match(Path file, int line, JsonNode match) {
        if (match.isMissingNode() || match.isNull()) {
            return null;
        }
        return Arrays.stream(Match.values())
                .filter(known -> known.name().equalsIgnoreCase(match.asString()))
                .findFirst()
                .orElseThrow(() -> wrong(
                        file,
                        line,
                        "match must be "
                                + Arrays.stream(Match.values())
                                        .map(known -> known.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }

    private static InputException wrong(Path file, int line, String problem) {
        return new InputException("%s, line %d: %s".formatted(file, line, problem));
    }
}

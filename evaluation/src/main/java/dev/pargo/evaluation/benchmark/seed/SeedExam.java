package dev.pargo.evaluation.benchmark.seed;

import dev.pargo.evaluation.benchmark.choice.ChoiceQuestion;
import dev.pargo.evaluation.benchmark.exam.Accuracy;
import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.exam.ExamQuestion;
import dev.pargo.evaluation.benchmark.exam.Grades;
import dev.pargo.evaluation.benchmark.exam.Layout;
import dev.pargo.evaluation.benchmark.exam.Picture;
import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * SEED-Bench: {@code SEED-Bench.json} and one picture for each question. A question about a video is asked if {@code
 * SEED-Bench-video-image} has a frame of the video, and skipped otherwise.
 */
public final class SeedExam implements Exam {

    private static final Layout LAYOUT = new Layout(
            "seed-bench",
            List.of(
                    "SEED-Bench.json",
                    "SEED-Bench-image/DATA_ID, as it is unpacked",
                    "SEED-Bench-video-image/DATA_ID.png, one frame of each video (optional)"));
    private static final String IMAGE = "image";

    private final ExamOptions options;
    private final List<Item> items = new ArrayList<>();
    private int leftOut;
    private @Nullable Path missing;

    private record Item(String id, Path picture, String kind, String category, ChoiceQuestion question) {}

    public SeedExam(ExamOptions options) throws IOException {
        this.options = options;
        Path file = options.data().resolve("SEED-Bench.json");
        if (!Files.isRegularFile(file)) {
            throw LAYOUT.mismatch(options.data());
        }
        JsonNode json = parse(file);
        Map<Integer, String> categories = new HashMap<>();
        json.path("question_type")
                .propertyStream()
                .forEach(type -> categories.put(type.getValue().asInt(), type.getKey()));
        for (JsonNode question : json.path("questions")) {
            add(question, categories);
        }
        if (items.isEmpty()) {
            throw LAYOUT.mismatch(options.data(), detail(json));
        }
    }

    private String detail(JsonNode json) {
        return leftOut == 0
                ? "SEED-Bench.json with the fields %s, but no questions"
                        .formatted(String.join(", ", json.propertyNames()))
                : "%d questions, but none of their pictures, such as %s".formatted(leftOut, missing);
    }

    @Override
    public List<ExamQuestion> questions() {
        return items.stream()
                .map(item -> new ExamQuestion(
                        item.id(),
                        Picture.of(item.picture()),
                        options.instruct(item.question().toText(), ChoiceQuestion.INSTRUCTION)))
                .toList();
    }

    @Override
    public Grades grade(Map<String, String> answers, Path out) {
        Accuracy all = new Accuracy();
        Map<String, Accuracy> kinds = new HashMap<>();
        for (Item item : items) {
            boolean right = item.question().isRight(answers.getOrDefault(item.id(), ""));
            all.add(item.category(), right);
            kinds.computeIfAbsent(item.kind(), kind -> new Accuracy()).add(item.category(), right);
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.setAll(all.toJson());
        kinds.forEach((kind, tally) -> json.put(kind, tally.accuracy()));
        json.put("left_out", leftOut);
        String note =
                leftOut == 0 ? "" : "%d questions were left out: their pictures are not there%n".formatted(leftOut);
        return new Grades(all.toText() + note, json);
    }

    private void add(JsonNode json, Map<Integer, String> categories) {
        String id = json.path("question_id").asString();
        List<String> choices = new ArrayList<>();
        for (char letter = 'a'; json.path("choice_" + letter).isString(); letter++) {
            choices.add(json.path("choice_" + letter).asString());
        }
        String answer = json.path("answer").asString("");
        int right = answer.length() == 1 ? answer.charAt(0) - 'A' : -1;
        if (id.isEmpty() || right < 0 || right >= choices.size()) {
            throw new InputException(
                    "SEED-Bench.json: question %s needs question_id, options and the letter of one of them as its answer"
                            .formatted(id));
        }
        String kind = json.path("data_type").asString(IMAGE);
        String data = json.path("data_id").asString();
        Path picture = kind.equals(IMAGE)
                ? options.data().resolve("SEED-Bench-image").resolve(data)
                : options.data().resolve("SEED-Bench-video-image").resolve(data + ".png");
        if (!Files.isRegularFile(picture)) {
            leftOut++;
            missing = missing == null ? options.data().relativize(picture) : missing;
            return;
        }
        int type = json.path("question_type_id").asInt(0);
        items.add(new Item(
                id,
                picture,
                kind,
                categories.getOrDefault(type, "type " + type),
                new ChoiceQuestion("", json.path("question").asString(), choices, right)));
    }

    private static JsonNode parse(Path file) throws IOException {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new InputException(file + " is not valid JSON");
        }
    }
}

package dev.pargo.evaluation.benchmark.mmbench;

import dev.pargo.evaluation.benchmark.choice.ChoiceQuestion;
import dev.pargo.evaluation.benchmark.exam.Accuracy;
import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.exam.ExamQuestion;
import dev.pargo.evaluation.benchmark.exam.Grades;
import dev.pargo.evaluation.benchmark.exam.Picture;
import dev.pargo.evaluation.client.PictureDataUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * MMBench: a table with pictures in it.
 *
 * <p>A plain run asks every question once. A circular run asks it once for every rotation of its options and counts it
 * as right if all answers are right. The rotations are those of the table, or generated if it has none.
 */
public final class MmbenchExam implements Exam {

    private final ExamOptions options;
    private final List<Item> items = new ArrayList<>();

    /**
     * One request.
     *
     * @param group  index of the question that this is a rotation of
     * @param isMain whether this is the unrotated question
     */
    private record Item(
            String id,
            int group,
            boolean isMain,
            String category,
            Picture picture,
            ChoiceQuestion question,
            boolean isScored) {}

    public MmbenchExam(ExamOptions options) throws IOException {
        this.options = options;
        MmbenchTable table = MmbenchTable.read(options.data());
        Map<Integer, List<MmbenchRow>> groups = new TreeMap<>();
        table.rows()
                .forEach(row -> groups.computeIfAbsent(row.group(), group -> new ArrayList<>())
                        .add(row));
        groups.values().forEach(rows -> add(rows, table));
    }

    @Override
    public List<ExamQuestion> questions() {
        return items.stream()
                .map(item -> new ExamQuestion(
                        item.id(),
                        item.picture(),
                        options.instruct(item.question().toText(), ChoiceQuestion.INSTRUCTION)))
                .toList();
    }

    @Override
    public Grades grade(Map<String, String> answers, Path out) throws IOException {
        writePredictions(answers, out.resolve("predictions.tsv"));
        Map<Integer, Boolean> right = new TreeMap<>();
        Map<Integer, String> categories = new TreeMap<>();
        Accuracy plain = new Accuracy();
        for (Item item : items) {
            boolean isRight = item.question().isRight(answers.getOrDefault(item.id(), ""));
            right.merge(item.group(), isRight, Boolean::logicalAnd);
            categories.putIfAbsent(item.group(), item.category());
            if (item.isMain()) {
                plain.add(item.category(), isRight);
            }
        }
        if (!items.stream().allMatch(Item::isScored)) {
            return new Grades(
                    "The table has no answers, so there is no score; predictions.tsv is for the organisers.\n",
                    plain.toJson().removeAll());
        }
        if (!options.circular()) {
            return new Grades(plain.toText(), plain.toJson());
        }
        Accuracy circular = new Accuracy();
        right.forEach((group, all) -> circular.add(categories.get(group), all));
        ObjectNode json = circular.toJson().put("plain_accuracy", plain.accuracy());
        return new Grades(circular.toText(), json);
    }

    private void add(List<MmbenchRow> rows, MmbenchTable table) {
        MmbenchRow main = rows.get(0);
        add(main, main.question(), String.valueOf(main.index()), true, table);
        if (!options.circular()) {
            return;
        }
        if (rows.size() > 1) {
            rows.stream().skip(1).forEach(row -> add(row, row.question(), String.valueOf(row.index()), false, table));
        } else {
            for (int places = 1; places < main.question().options().size(); places++) {
                String id = "%d rotated by %d".formatted(main.index(), places);
                add(main, main.question().rotate(places), id, false, table);
            }
        }
    }

    private void add(MmbenchRow row, ChoiceQuestion question, String id, boolean isMain, MmbenchTable table) {
        // Reports a row without a picture before the first question is asked.
        table.picture(row);
        Picture picture = () -> PictureDataUrl.ofBase64(table.picture(row), "image/jpeg");
        items.add(new Item(id, row.group(), isMain, row.category(), picture, question, row.isScored()));
    }

    private void writePredictions(Map<String, String> answers, Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of("index\tprediction\tanswer"));
        for (Item item : items) {
            String answer = answers.getOrDefault(item.id(), "");
            lines.add(
                    String.join("\t", item.id(), item.question().letterPicked(answer), answer.replaceAll("\\s+", " ")));
        }
        Files.write(file, lines);
    }
}

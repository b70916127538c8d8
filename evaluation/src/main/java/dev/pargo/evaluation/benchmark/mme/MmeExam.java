package dev.pargo.evaluation.benchmark.mme;

import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.exam.ExamQuestion;
import dev.pargo.evaluation.benchmark.exam.Grades;
import dev.pargo.evaluation.benchmark.exam.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** MME as ParGo's public code evaluates it: with the same questions, result files and scores. */
public final class MmeExam implements Exam {

    private static final String INSTRUCTION = "Answer the question using a single word(Yes or No)";
    /** The reference keeps the whole prompt in its result files. */
    private static final String PROMPT = "A chat between a curious user and an artificial intelligence assistant."
            + " The assistant gives helpful, detailed, and polite answers to the user's questions."
            + " USER: <Img><ImageHere></Img> %s\nASSISTANT: ";

    private final ExamOptions options;
    private final MmeData data;

    public MmeExam(ExamOptions options) throws IOException {
        this.options = options;
        this.data = MmeData.read(options.data());
    }

    @Override
    public List<ExamQuestion> questions() {
        return data.items().stream()
                .map(item -> new ExamQuestion(item.id(), Picture.of(item.image()), asked(item)))
                .toList();
    }

    /** Writes {@code results/SUBTASK.txt} and scores these files. */
    @Override
    public Grades grade(Map<String, String> answers, Path out) throws IOException {
        Path results = Files.createDirectories(out.resolve("results"));
        Map<String, List<MmeItem>> subtasks = data.items().stream()
                .collect(Collectors.groupingBy(MmeItem::subtask, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<String, List<MmeItem>> subtask : subtasks.entrySet()) {
            List<String> lines = subtask.getValue().stream()
                    .map(item -> line(item, answers.getOrDefault(item.id(), "")))
                    .toList();
            Files.writeString(results.resolve(subtask.getKey() + ".txt"), String.join("\n", lines) + "\n");
        }
        MmeScores scores = MmeScores.of(results);
        String note = data.skipped() == 0
                ? ""
                : "%d questions were skipped: their pictures are not there%n".formatted(data.skipped());
        return new Grades(scores.toText() + note, scores.toJson());
    }

    private String asked(MmeItem item) {
        return options.instruct(item.question(), INSTRUCTION);
    }

    private String line(MmeItem item, String answer) {
        return String.join(
                "\t",
                item.image().getFileName().toString(),
                PROMPT.formatted(asked(item)).replace('\n', ' '),
                item.answer(),
                clean(answer));
    }

    /** Shortens an answer as the reference does and makes it one table cell. */
    private static String clean(String answer) {
        String text = answer.replaceFirst("(?s)^.*\\[/INST]", "").strip();
        return text.replaceFirst("(?s)###.*$", "").strip().replaceAll("[\n\t]", " ");
    }
}

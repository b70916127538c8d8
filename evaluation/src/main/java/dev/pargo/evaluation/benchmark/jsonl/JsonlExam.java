package dev.pargo.evaluation.benchmark.jsonl;

import dev.pargo.evaluation.benchmark.exam.Accuracy;
import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.exam.ExamQuestion;
import dev.pargo.evaluation.benchmark.exam.Grades;
import dev.pargo.evaluation.benchmark.exam.Layout;
import dev.pargo.evaluation.benchmark.exam.Picture;
import dev.pargo.evaluation.question.OwnQuestion;
import dev.pargo.evaluation.question.QuestionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Questions from {@code DIR/questions.jsonl}, or from a file of any name. */
public final class JsonlExam implements Exam {

    private static final Layout LAYOUT = new Layout("jsonl", List.of("questions.jsonl, or a file of that format"));

    private final ExamOptions options;
    private final List<OwnQuestion> questions;

    public JsonlExam(ExamOptions options) throws IOException {
        this.options = options;
        Path file = Files.isDirectory(options.data()) ? options.data().resolve("questions.jsonl") : options.data();
        if (!Files.isRegularFile(file)) {
            throw LAYOUT.mismatch(options.data());
        }
        this.questions = QuestionFile.read(file);
    }

    @Override
    public List<ExamQuestion> questions() {
        return questions.stream()
                .map(question -> new ExamQuestion(
                        question.id(),
                        question.image() == null ? null : Picture.of(question.image()),
                        options.instruct(question.text(), "")))
                .toList();
    }

    @Override
    public Grades grade(Map<String, String> answers, Path out) {
        Accuracy tally = new Accuracy();
        for (OwnQuestion question : questions) {
            String answer = answers.getOrDefault(question.id(), "");
            tally.add(question.category(), question.isRight(answer, options.match()));
        }
        return new Grades(tally.toText(), tally.toJson());
    }
}

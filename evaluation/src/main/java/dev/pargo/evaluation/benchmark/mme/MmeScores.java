package dev.pargo.evaluation.benchmark.mme;

import dev.pargo.evaluation.benchmark.exam.Layout;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * MME's scores of a folder of result files, equal to the last digit to those of the reference's calculator.
 *
 * <p>The score of a subtask is {@code 100 a + 100 a'} with the share {@code a} of right answers and the share {@code a'}
 * of pictures with both answers right; totals are sums in the reference's order. An answer is read from its first 20
 * characters in lower case: yes if there is a "yes" in them, else no if there is a "no", else neither, which is wrong.
 * Subtasks without a file are left out.
 */
final class MmeScores {

    private static final Layout LAYOUT = new Layout(
            "a folder of MME results",
            List.of(
                    "SUBTASK.txt, each line: image, prompt, Yes or No, and the answer, with tabs between;",
                    "two lines a picture; subtasks: " + String.join(", ", Subtask.PERCEPTION) + ",",
                    String.join(", ", Subtask.COGNITION)));
    private static final int READ = 20;
    private static final int QUESTIONS = 2;
    private static final int MOST_DIGITS = 17;

    private final Map<String, Double> perception;
    private final Map<String, Double> cognition;

    private MmeScores(Map<String, Double> perception, Map<String, Double> cognition) {
        this.perception = perception;
        this.cognition = cognition;
    }

    /**
     * Scores result files.
     *
     * @throws dev.pargo.evaluation.input.InputException if there is no file, or a line is malformed
     */
    static MmeScores of(Path results) throws IOException {
        MmeScores scores = new MmeScores(scores(Subtask.PERCEPTION, results), scores(Subtask.COGNITION, results));
        if (scores.perception.isEmpty() && scores.cognition.isEmpty()) {
            throw LAYOUT.mismatch(results);
        }
        return scores;
    }

    /** The text that the reference's calculator prints. */
    String toText() {
        StringBuilder text = new StringBuilder();
        append("Perception", perception, text);
        append("Cognition", cognition, text);
        return text.toString();
    }

    /** {@code {"subtasks":{NAME:SCORE},"Perception":…,"Cognition":…}}. */
    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode subtasks = json.putObject("subtasks");
        perception.forEach(subtasks::put);
        cognition.forEach(subtasks::put);
        return json.put("Perception", total(perception)).put("Cognition", total(cognition));
    }

    private static Map<String, Double> scores(List<String> subtasks, Path results) throws IOException {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String subtask : subtasks) {
            Path file = results.resolve(subtask + ".txt");
            if (Files.isRegularFile(file)) {
                scores.put(subtask, score(file));
            }
        }
        return scores;
    }

    private static double score(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || lines.size() % QUESTIONS != 0) {
            throw Layout.wrong(file, lines.size(), "the file ends in the middle of a picture's two questions");
        }
        int right = 0;
        int bothRight = 0;
        for (int i = 0; i < lines.size(); i += QUESTIONS) {
            int rightOfPicture = right(lines.get(i), file, i + 1) + right(lines.get(i + 1), file, i + 2);
            right += rightOfPicture;
            bothRight += rightOfPicture == QUESTIONS ? 1 : 0;
        }
        double accuracy = (double) right / lines.size();
        double accuracyPlus = (double) bothRight / (lines.size() / QUESTIONS);
        return accuracy * 100 + accuracyPlus * 100;
    }

    private static int right(String line, Path file, int number) {
        String[] cells = line.split("\t", -1);
        if (cells.length != 4 || !cells[2].toLowerCase(Locale.ROOT).matches("yes|no")) {
            throw Layout.wrong(
                    file,
                    number,
                    "expected four columns with a tab between them, the third Yes or No, and found %d"
                            .formatted(cells.length));
        }
        return read(cells[3]).equals(cells[2].toLowerCase(Locale.ROOT)) ? 1 : 0;
    }

    private static String read(String answer) {
        String lower = answer.toLowerCase(Locale.ROOT);
        int end = lower.codePointCount(0, lower.length()) <= READ ? lower.length() : lower.offsetByCodePoints(0, READ);
        String start = lower.substring(0, end);
        return start.contains("yes") ? "yes" : start.contains("no") ? "no" : "other";
    }

    private static double total(Map<String, Double> scores) {
        double total = 0;
        for (double score : scores.values()) {
            total += score;
        }
        return total;
    }

    private static void append(String name, Map<String, Double> scores, StringBuilder text) {
        text.append("=========== %s ===========\n".formatted(name));
        // Python's sum of an empty list is an integer.
        text.append("total score: %s \n\n".formatted(scores.isEmpty() ? "0" : shortest(total(scores))));
        scores.forEach((subtask, score) -> text.append("\t %s  score: %s\n".formatted(subtask, shortest(score))));
        text.append("\n\n");
    }

    /** The shortest decimal that parses to the same number, as Python prints it. */
    private static String shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return plain(rounded);
            }
        }
        return plain(exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN)));
    }

    private static String plain(BigDecimal value) {
        String text = value.toPlainString();
        return text.contains(".") ? text : text + ".0";
    }
}

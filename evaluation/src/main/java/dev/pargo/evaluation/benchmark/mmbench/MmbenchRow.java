package dev.pargo.evaluation.benchmark.mmbench;

import dev.pargo.evaluation.benchmark.choice.ChoiceQuestion;
import dev.pargo.evaluation.input.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One row of the table.
 *
 * @param image    the picture in base64, or the index of the row that has it
 * @param isScored whether the right answer is known
 */
record MmbenchRow(int index, String category, String image, ChoiceQuestion question, boolean isScored) {

    /** Rows whose indices differ by a multiple of this are rotations of one question. */
    private static final int ROTATIONS = 1_000_000;

    private static final int SHORTEST_PICTURE = 64;

    static MmbenchRow of(Map<String, String> cells) {
        String index = cells.getOrDefault("index", "");
        if (!index.matches("\\d{1,9}")) {
            throw new InputException("the row with index '%s' of the MMBench table needs a number".formatted(index));
        }
        List<String> options = new ArrayList<>();
        for (char letter = 'A';
                letter <= 'H' && !cells.getOrDefault(String.valueOf(letter), "").isEmpty();
                letter++) {
            options.add(cells.get(String.valueOf(letter)));
        }
        String answer = cells.getOrDefault("answer", "").strip();
        int right = answer.length() == 1 ? answer.charAt(0) - 'A' : -1;
        if (options.isEmpty() || right >= options.size()) {
            throw new InputException(
                    "row %s of the MMBench table needs options and the letter of one of them as its answer"
                            .formatted(index));
        }
        return new MmbenchRow(
                Integer.parseInt(index),
                cells.getOrDefault("category", "all"),
                cells.getOrDefault("image", ""),
                new ChoiceQuestion(cells.getOrDefault("hint", ""), cells.getOrDefault("question", ""), options, right),
                right >= 0);
    }

    /** The index that all rotations of one question share. */
    int group() {
        return index % ROTATIONS;
    }

    boolean hasPicture() {
        return image.length() > SHORTEST_PICTURE;
    }
}

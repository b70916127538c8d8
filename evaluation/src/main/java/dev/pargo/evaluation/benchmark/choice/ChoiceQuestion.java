package dev.pargo.evaluation.benchmark.choice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question with options, which are lettered from A on.
 *
 * @param hint    context that is shown before the question; may be empty
 * @param options at most 26
 * @param right   position of the right option; -1 if it is not known
 */
public record ChoiceQuestion(String hint, String question, List<String> options, int right) {

    /** The instruction if a benchmark has none of its own. */
    public static final String INSTRUCTION = "Answer with the option's letter from the given choices directly.";

    private static final Pattern LETTER_FIRST = Pattern.compile("^[\\s(\\[\"*]*([A-Z])(?:[)\\].:\"*]|\\s*$)");
    private static final Pattern LETTER_NAMED =
            Pattern.compile("(?i:answer|option|choice)(?i:\\s+is)?[\\s:(\\[\"*]+([A-Z])\\b");

    public ChoiceQuestion {
        options = List.copyOf(options);
    }

    /** The same question with its options rotated by some places: the first ones move to the end. */
    public ChoiceQuestion rotate(int places) {
        List<String> rotated = new ArrayList<>(options);
        Collections.rotate(rotated, -places);
        return new ChoiceQuestion(
                hint, question, rotated, right < 0 ? right : Math.floorMod(right - places, options.size()));
    }

    /** Hint, question and lettered options, each on its own line. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        if (!hint.isBlank()) {
            text.append(hint).append('\n');
        }
        text.append(question);
        for (int i = 0; i < options.size(); i++) {
            text.append('\n').append(letter(i)).append(". ").append(options.get(i));
        }
        return text.toString();
    }

    /**
     * Whether an answer picks the right option: by a letter at its start, by a letter after "answer" or "option", or by
     * containing the text of exactly one option. An answer that picks none is wrong.
     */
    public boolean isRight(String answer) {
        return right >= 0 && pick(answer) == right;
    }

    /** Letter of the option that an answer picks; empty for none. */
    public String letterPicked(String answer) {
        int position = pick(answer);
        return position < 0 ? "" : String.valueOf(letter(position));
    }

    /** Position of the option that an answer picks; -1 for none. */
    int pick(String answer) {
        Matcher first = LETTER_FIRST.matcher(answer);
        if (first.find()) {
            return position(first.group(1));
        }
        Matcher named = LETTER_NAMED.matcher(answer);
        if (named.find()) {
            return position(named.group(1));
        }
        return onlyOptionIn(answer.toLowerCase(Locale.ROOT));
    }

    private int onlyOptionIn(String answer) {
        int found = -1;
        for (int i = 0; i < options.size(); i++) {
            if (answer.contains(options.get(i).toLowerCase(Locale.ROOT).strip())) {
                if (found >= 0) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }

    private int position(String letter) {
        int position = letter.charAt(0) - 'A';
        return position < options.size() ? position : -1;
    }

    private static char letter(int position) {
        return (char) ('A' + position);
    }
}

package dev.pargo.llm.engine;

import dev.pargo.models.tokenizer.Detokenizer;
import java.util.List;

/**
 * The text of an answer as it grows. What might be the beginning of a stop string is held back until the next tokens
 * tell; at a stop string the answer ends before it.
 */
final class AnswerText {

    private final Detokenizer detokenizer;
    private final List<String> stop;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    AnswerText(Detokenizer detokenizer, List<String> stop) {
        this.detokenizer = detokenizer;
        this.stop = stop;
    }

    /**
     * Takes a token and gives the text that is certain now.
     *
     * @param mayStop whether stop strings are looked for; what was written until they are is never part of one
     */
    String append(int id, boolean mayStop) {
        held.append(detokenizer.append(id));
        if (!mayStop) {
            return release(held.length());
        }
        int end = firstStop();
        if (end >= 0) {
            stopped = true;
            return held.substring(0, end);
        }
        return release(held.length() - undecided());
    }

    /** True when a stop string was met; nothing may be appended any more. */
    boolean stopped() {
        return stopped;
    }

    /** The rest of the text when the answer ends; nothing where a stop string has ended it. */
    String finish() {
        if (stopped) {
            return "";
        }
        held.append(detokenizer.finish());
        int end = firstStop();
        return release(end >= 0 ? end : held.length());
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** Where the first stop string begins, or -1. */
    private int firstStop() {
        return stop.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    /** Length of the longest end of the text that begins a stop string. */
    private int undecided() {
        int longest = 0;
        for (String word : stop) {
            for (int length = Math.min(word.length() - 1, held.length()); length > longest; length--) {
                if (word.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}

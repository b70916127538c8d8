package dev.pargo.llm.engine;

import dev.pargo.models.tokenizer.Detokenizer;
import java.util.List;

/**
 * The text of an answer while it is written. Text that may be the beginning of a stop string is held back until the
 * next tokens decide it. An answer ends before its first stop string.
 */
public final class AnswerText {

    private final Detokenizer detokenizer;
    private final List<String> stop;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    public AnswerText(Detokenizer detokenizer, List<String> stop) {
        this.detokenizer = detokenizer;
        this.stop = stop;
    }

    /**
     * Appends a token, and returns the text that is final now.
     *
     * @param mayStop whether stop strings are searched for; text that was returned before is never part of one
     */
    public String append(int id, boolean mayStop) {
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

    /** True when the text has reached a stop string. No more tokens may be appended then. */
    public boolean stopped() {
        return stopped;
    }

    /** The rest of the text at the end of the answer; empty if a stop string has ended it. */
    public String finish() {
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

    /** Position of the first stop string, or -1. */
    private int firstStop() {
        return stop.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    /** Length of the longest suffix of the text that is a prefix of a stop string. */
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

package dev.pargo.evaluation.question;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How an answer is compared with the expected ones. Case, outer spaces and a full stop at the end are ignored. */
public enum Match {
    /** The answer equals one of the expected ones. */
    EXACT,
    /** The first word "yes" or "no" in the answer is the expected one. */
    YES_NO,
    /** The answer contains one of the expected ones. */
    CONTAINS;

    private static final Pattern YES_OR_NO = Pattern.compile("\\b(yes|no)\\b");

    /** Whether an answer is right. */
    public boolean isRight(String answer, List<String> expected) {
        String said = this == YES_NO ? yesOrNo(answer) : normal(answer);
        return expected.stream()
                .map(Match::normal)
                .anyMatch(wanted -> this == CONTAINS ? said.contains(wanted) : said.equals(wanted));
    }

    private static String yesOrNo(String answer) {
        var matcher = YES_OR_NO.matcher(normal(answer));
        return matcher.find() ? matcher.group() : "";
    }

    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip().replaceFirst("\\.$", "");
    }
}

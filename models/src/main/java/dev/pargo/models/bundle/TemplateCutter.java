package dev.pargo.models.bundle;

import dev.pargo.models.chat.ChatMessage;
import dev.pargo.models.chat.ChatTemplate;
import dev.pargo.models.config.ConfigException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Derives a {@link Prompt} from a chat template. It renders conversations made of known words and cuts out the text around the
 * words. Then it joins the parts again and compares the result with what the template writes. So a template whose turns are not
 * all written alike is rejected rather than misread.
 */
final class TemplateCutter {

    private static final String QUESTION = "questionalpha";
    private static final String ANSWER = "answerbeta";
    private static final String NEXT = "questiongamma";
    private static final String SYSTEM = "systemdelta";

    private static final String TAG_BEFORE = "(<\\w+>|<\\|\\w+_start\\|>)?";
    private static final String TAG_BEHIND = "(</\\w+>|<\\|\\w+_end\\|>)?\\s?";

    private final ChatTemplate template;
    private final String placeholder;

    /** @param placeholder text that the template writes in place of a picture */
    TemplateCutter(ChatTemplate template, String placeholder) {
        this.template = template;
        this.placeholder = placeholder;
    }

    /** Whether the template supports pictures. */
    boolean writesPictures() {
        return template.render(List.of(ChatMessage.question(QUESTION))).contains(placeholder);
    }

    /**
     * Derives the prompt format.
     *
     * @param bosToken token that opens prompts, written by the template or the tokenizer; empty for none
     * @param addsBos  whether the tokenizer adds the BOS token
     * @param eosToken token that closes an answer
     * @throws ConfigException if the template does not write all turns alike
     */
    Prompt cut(String bosToken, boolean addsBos, String eosToken) {
        String one = template.render(List.of(ChatMessage.question(QUESTION)));
        String two = template.render(List.of(
                ChatMessage.question(QUESTION), ChatMessage.text("assistant", ANSWER), ChatMessage.question(NEXT)));
        boolean hasBos = !bosToken.isEmpty() && one.startsWith(bosToken);
        String begin = hasBos ? bosToken : "";
        String head = before(one, QUESTION).substring(begin.length());
        String close = behind(one, QUESTION);
        String toAnswer = between(two, QUESTION, ANSWER);
        String toNext = between(two, ANSWER, NEXT);
        String open = commonEnd(head, toNext);
        require(open.contains(placeholder) && toAnswer.startsWith(close));

        String opening = head.substring(0, head.length() - open.length());
        String bos = hasBos || addsBos ? bosToken : "";
        Instructions instructions = instructions(open, opening, begin);
        String answer =
                toAnswer.substring(close.length()) + "{answer}" + toNext.substring(0, toNext.length() - open.length());
        String answered = begin + head + QUESTION + close + answer.replace("{answer}", ANSWER);
        require(two.equals(answered + open + NEXT + close));
        require(answerThenText().equals(answered + withoutPicture(open) + NEXT + close));
        return new Prompt(
                instructions.open + "{question}" + close,
                placeholder,
                bos,
                eosToken,
                instructions.template,
                instructions.otherwise,
                answer);
    }

    /** A conversation whose second question has no picture. */
    private String answerThenText() {
        return template.render(List.of(
                ChatMessage.question(QUESTION), ChatMessage.text("assistant", ANSWER), ChatMessage.text("user", NEXT)));
    }

    /**
     * The text before a question that has no picture. The tags around the placeholder and one space after it are removed with it.
     */
    private String withoutPicture(String open) {
        return open.replaceFirst(TAG_BEFORE + Pattern.quote(placeholder) + TAG_BEHIND, "");
    }

    /**
     * Where the system instructions are written.
     *
     * @param open      text before a question; contains {@code {system}} if the instructions are written there
     * @param template  text around the instructions, which are written as {@code {system}}
     * @param otherwise default instructions for conversations without any
     */
    private record Instructions(String open, String template, String otherwise) {}

    /**
     * @param open    text before every question
     * @param opening what the template writes before the first turn of a conversation without instructions, excluding {@code bos}
     */
    private Instructions instructions(String open, String opening, String bos) {
        String written = withInstructions();
        if (!written.contains(SYSTEM)) {
            // The template has no place for instructions.
            require(opening.isEmpty());
            return new Instructions(open, "{system}\n\n", "");
        }
        String head = written.startsWith(bos) ? written.substring(bos.length()) : written;
        if (opening.isEmpty()) {
            int begin = head.endsWith(open) ? 0 : commonBeginning(head, open);
            String end = open.substring(begin);
            require(head.endsWith(end) && head.length() - end.length() >= begin);
            String inserted = head.substring(begin, head.length() - end.length());
            require(inserted.contains(SYSTEM));
            String around = begin == 0 ? open : open.substring(0, begin) + "{system}" + end;
            return new Instructions(around, inserted.replace(SYSTEM, "{system}"), "");
        }
        require(head.endsWith(open));
        String inserted = head.substring(0, head.length() - open.length());
        String beforeWords = before(inserted, SYSTEM);
        String behindWords = behind(inserted, SYSTEM);
        require(opening.startsWith(beforeWords)
                && opening.endsWith(behindWords)
                && opening.length() >= beforeWords.length() + behindWords.length());
        String otherwise = opening.substring(beforeWords.length(), opening.length() - behindWords.length());
        return new Instructions(open, beforeWords + "{system}" + behindWords, otherwise);
    }

    /** The text before a question that follows instructions; empty if the template does not accept instructions. */
    private String withInstructions() {
        try {
            return before(
                    template.render(List.of(ChatMessage.text("system", SYSTEM), ChatMessage.question(QUESTION))),
                    QUESTION);
        } catch (ConfigException e) {
            return "";
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new ConfigException("the chat template writes conversations that are not made of equal turns;"
                    + " name a prompt.format or a prompt.template in a manifest");
        }
    }

    private static String before(String text, String word) {
        int at = text.indexOf(word);
        require(at >= 0);
        return text.substring(0, at);
    }

    private static String behind(String text, String word) {
        int at = text.indexOf(word);
        require(at >= 0);
        return text.substring(at + word.length());
    }

    private static String between(String text, String word, String next) {
        return before(behind(text, word), next);
    }

    private static int commonBeginning(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    private static String commonEnd(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length())
                && a.charAt(a.length() - 1 - length) == b.charAt(b.length() - 1 - length)) {
            length++;
        }
        return a.substring(a.length() - length);
    }
}

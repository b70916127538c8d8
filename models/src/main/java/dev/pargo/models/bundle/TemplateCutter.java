package dev.pargo.models.bundle;

import dev.pargo.models.chat.ChatMessage;
import dev.pargo.models.chat.ChatTemplate;
import dev.pargo.models.config.ConfigException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Learns from a chat template how a model is asked: conversations of known words are written, and what stands around the words is
 * cut out. The parts are put together again and compared with what the template writes, so that a template whose conversations do
 * not consist of equal turns is refused, not misread.
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

    /** @param placeholder stands for a picture in what the template writes */
    TemplateCutter(ChatTemplate template, String placeholder) {
        this.template = template;
        this.placeholder = placeholder;
    }

    /** Whether the template knows pictures. */
    boolean writesPictures() {
        return template.render(List.of(ChatMessage.question(QUESTION))).contains(placeholder);
    }

    /**
     * Cuts the template.
     *
     * @param bosToken token that opens prompts, where the template or the tokenizer writes it; empty for none
     * @param addsBos  whether the tokenizer writes it
     * @param eosToken token that closes an answer
     * @throws ConfigException if the template writes conversations that are not made of equal turns
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

    /** A conversation whose second question is about no picture of its own. */
    private String answerThenText() {
        return template.render(List.of(
                ChatMessage.question(QUESTION), ChatMessage.text("assistant", ANSWER), ChatMessage.text("user", NEXT)));
    }

    /** What stands before a question without a picture: tags around the picture and one space behind it go with it. */
    private String withoutPicture(String open) {
        return open.replaceFirst(TAG_BEFORE + Pattern.quote(placeholder) + TAG_BEHIND, "");
    }

    /**
     * Where instructions stand.
     *
     * @param open      what stands before a question, with {@code {system}} if they stand in it
     * @param template  with {@code {system}}
     * @param otherwise instructions where a conversation brings none
     */
    private record Instructions(String open, String template, String otherwise) {}

    /**
     * @param open    what stands before every question
     * @param opening what the template writes before the first turn of a conversation without instructions, but for {@code bos}
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

    /** What stands before a question with instructions; nothing if the template refuses them. */
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

package dev.pargo.models.chat;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.tokenizer.ControlWords;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes conversations turn by turn in the format that a {@link TurnTemplate} describes.
 *
 * <p>A template is split into these parts:
 *
 * <pre>
 * A chat between ... questions. USER: &lt;Img&gt;&lt;ImageHere&gt;&lt;/Img&gt; {question}\nASSISTANT:
 * [system                      ][open][image block             ][lead]{question}[close      ]
 * </pre>
 *
 * <p>The image block is the placeholder, the tags around it and one space. It is repeated for several images and left
 * out without images. All images of a turn are written in this place, independent of their place in the message. {@code
 * {}} is another spelling of {@code {question}}. Instructions have their own template, or are the part up to the last
 * {@code USER:}. The user's text is inserted as plain text after the template has been split, so markers and control
 * tokens in it have no effect. With one turn and one image the pieces are exactly the reference's.
 */
public final class TurnFormat implements PromptFormat {

    private static final Pattern QUESTION = Pattern.compile("\\{question}|\\{}");
    private static final Pattern TAG_BEFORE = Pattern.compile("(<\\w+>|<\\|\\w+_start\\|>)$");
    private static final Pattern TAG_AFTER = Pattern.compile("^(</\\w+>|<\\|\\w+_end\\|>)?\\s?");
    private static final String USER = "USER:";
    private static final String SYSTEM = "{system}";
    private static final String ANSWER = "{answer}";

    /** The text before and after a placeholder. */
    private record Around(String before, String after) {

        /** If the template has no placeholder, all of it comes after the inserted text. */
        static Around slot(String slot, String template) {
            int at = template.indexOf(slot);
            return at < 0
                    ? new Around("", template)
                    : new Around(template.substring(0, at), template.substring(at + slot.length()));
        }
    }

    private final String origin;
    private final ControlWords control;
    private final String bos;
    private final String endToken;
    private final String instructions;
    private final Around system;
    private final Around open;
    private final String imageOpen;
    private final String imageClose;
    private final String lead;
    private final String close;
    private final Around answer;
    private final String eos;

    /**
     * Splits a template into its parts.
     *
     * @param origin        where it comes from, in words for people
     * @param controlTokens of the tokenizer
     * @throws ConfigException if it has no image placeholder followed by a question placeholder, or names tokens that the tokenizer
     *     does not have
     */
    public TurnFormat(String origin, TurnTemplate format, Set<String> controlTokens) {
        format.requireTokens(controlTokens);
        String template = format.template();
        int image = format.imagePlaceholder().isEmpty() ? -1 : template.indexOf(format.imagePlaceholder());
        if (image < 0) {
            throw new ConfigException("the prompt template has no image placeholder");
        }
        String before = template.substring(0, image);
        String after = template.substring(image + format.imagePlaceholder().length());
        Matcher question = QUESTION.matcher(after);
        if (!question.find()) {
            throw new ConfigException("the prompt template has no {question} after its image placeholder");
        }
        this.origin = origin;
        this.control = new ControlWords(controlTokens);
        this.bos = format.bosToken();
        this.endToken = format.eosToken();
        int tagBefore = indexOf(TAG_BEFORE, before, before.length());
        if (format.systemTemplate().isEmpty()) {
            int user = Math.max(0, before.lastIndexOf(USER, tagBefore));
            this.instructions = before.substring(0, user).stripTrailing();
            this.system = new Around("", instructions.isEmpty() ? "\n" : before.substring(instructions.length(), user));
            this.open = new Around("", before.substring(user, tagBefore));
        } else {
            this.instructions = format.system();
            this.system = Around.slot(SYSTEM, format.systemTemplate());
            this.open = Around.slot(SYSTEM, before.substring(0, tagBefore));
        }
        this.imageOpen = before.substring(tagBefore);
        Matcher tagAfter = TAG_AFTER.matcher(after);
        int leadStart = tagAfter.lookingAt() ? tagAfter.end() : 0;
        this.imageClose = after.substring(0, leadStart);
        this.lead = after.substring(leadStart, question.start());
        this.close = after.substring(question.end());
        this.answer = Around.slot(ANSWER, format.answerTemplate());
        this.eos = format.answerTemplate().isEmpty() ? format.eosToken() : "";
    }

    private static int indexOf(Pattern pattern, String text, int otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.start() : otherwise;
    }

    @Override
    public List<PromptPiece> write(Dialogue conversation) {
        if (!conversation.tools().isEmpty()) {
            throw new ConversationException("tools are not supported by this model");
        }
        PromptPieces prompt = new PromptPieces().opening(bos);
        List<DialogueMessage> messages =
                conversation.withToolsAsText().inTurns().messages();
        boolean own = messages.get(0).is(DialogueMessage.SYSTEM);
        String said = own ? messages.get(0).words() : instructions;
        int visual = 0;
        for (int at = own ? 1 : 0; at < messages.size(); at += 2) {
            words(open.before, prompt);
            if (!said.isEmpty()) {
                words(system.before, prompt);
                words(system.after, prompt.text(said));
                said = "";
            }
            words(open.after, prompt);
            DialogueMessage question = messages.get(at);
            for (DialogueMessage.Part part : question.content()) {
                if (part instanceof DialogueMessage.Picture) {
                    words(imageOpen, prompt);
                    words(imageClose, prompt.picture(visual++));
                }
            }
            words(lead, prompt);
            words(close, prompt.text(question.words()));
            if (at + 1 < messages.size()) {
                words(answer.before, prompt);
                prompt.text(messages.get(at + 1).words());
            }
            if (at + 2 < messages.size()) {
                words(answer.after, prompt);
                words(eos, prompt);
            }
        }
        return prompt.toList();
    }

    /** Adds text of the template, which may contain control tokens. */
    private void words(String words, PromptPieces prompt) {
        for (int i = 0; i < words.length(); ) {
            int length = control.longestAt(words, i);
            if (length > 0) {
                prompt.control(words.substring(i, i + length));
                i += length;
            } else {
                prompt.text(words.charAt(i++));
            }
        }
    }

    @Override
    public String endToken() {
        return endToken;
    }

    @Override
    public boolean knowsTools() {
        return false;
    }

    @Override
    public String origin() {
        return origin;
    }
}

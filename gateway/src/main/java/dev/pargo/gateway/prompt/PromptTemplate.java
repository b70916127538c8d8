package dev.pargo.gateway.prompt;

import dev.pargo.proto.v1.PromptFormat;
import dev.pargo.proto.v1.PromptSegment;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Renders conversations in the prompt format that a model was trained with.
 *
 * <p>A template is one turn. It is split into these parts:
 *
 * <pre>
 * A chat between ... questions. USER: &lt;Img&gt;&lt;ImageHere&gt;&lt;/Img&gt; {question}\nASSISTANT:
 * [system                      ][open][image block             ][lead]{question}[close      ]
 * </pre>
 *
 * <p>The image block is the placeholder, the tags around it and one space. It is repeated for several images and left
 * out if there are none. {@code {}} is another spelling of {@code {question}}. Instructions have their own template, or
 * are the part up to the last {@code USER:}. The user's text is inserted as plain text after the template has been
 * split, so markers and control tokens in it have no effect. With one turn and one image the segments are exactly the
 * reference's.
 */
public final class PromptTemplate {

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

    private final Pattern controlTokens;
    private final String bos;
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
     * @throws IllegalArgumentException if it has no image placeholder followed by a question placeholder; the message
     *     is one line
     */
    public PromptTemplate(PromptFormat format) {
        String template = format.getTemplate();
        int image = format.getImagePlaceholder().isEmpty() ? -1 : template.indexOf(format.getImagePlaceholder());
        if (image < 0) {
            throw new IllegalArgumentException("the prompt template has no image placeholder");
        }
        String before = template.substring(0, image);
        String after = template.substring(image + format.getImagePlaceholder().length());
        Matcher question = QUESTION.matcher(after);
        if (!question.find()) {
            throw new IllegalArgumentException("the prompt template has no {question} after its image placeholder");
        }
        this.controlTokens = anyOf(format.getControlTokensList());
        this.bos = format.getBosToken();
        int tagBefore = indexOf(TAG_BEFORE, before, before.length());
        if (format.getSystemTemplate().isEmpty()) {
            int user = Math.max(0, before.lastIndexOf(USER, tagBefore));
            this.instructions = before.substring(0, user).stripTrailing();
            this.system = new Around("", instructions.isEmpty() ? "\n" : before.substring(instructions.length(), user));
            this.open = new Around("", before.substring(user, tagBefore));
        } else {
            this.instructions = format.getSystem();
            this.system = Around.slot(SYSTEM, format.getSystemTemplate());
            this.open = Around.slot(SYSTEM, before.substring(0, tagBefore));
        }
        this.imageOpen = before.substring(tagBefore);
        Matcher tagAfter = TAG_AFTER.matcher(after);
        int leadStart = tagAfter.lookingAt() ? tagAfter.end() : 0;
        this.imageClose = after.substring(0, leadStart);
        this.lead = after.substring(leadStart, question.start());
        this.close = after.substring(question.end());
        this.answer = Around.slot(ANSWER, format.getAnswerTemplate());
        this.eos = format.getAnswerTemplate().isEmpty() ? format.getEosToken() : "";
    }

    private static Pattern anyOf(List<String> tokens) {
        // Longest first, because one token may be a prefix of another. Without tokens the pattern matches nothing.
        return Pattern.compile(tokens.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.collectingAndThen(Collectors.joining("|"), any -> any.isEmpty() ? "(?!)" : any)));
    }

    private static int indexOf(Pattern pattern, String text, int otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.start() : otherwise;
    }

    /** Renders a conversation. Visual segments are numbered in the order of the images. */
    public List<PromptSegment> render(Conversation conversation) {
        PromptBuilder prompt = new PromptBuilder(controlTokens).control(bos);
        String said = conversation.system() == null ? instructions : conversation.system();
        Conversation.Turn last = conversation.turns().get(conversation.turns().size() - 1);
        int visual = 0;
        for (Conversation.Turn turn : conversation.turns()) {
            prompt.words(open.before);
            if (!said.isEmpty()) {
                prompt.words(system.before).text(said).words(system.after);
                said = "";
            }
            prompt.words(open.after);
            for (int i = 0; i < turn.images(); i++) {
                prompt.words(imageOpen).visual(visual++).words(imageClose);
            }
            prompt.words(lead).text(turn.question()).words(close);
            if (turn.answer() != null) {
                prompt.words(answer.before).text(turn.answer());
            }
            if (turn != last) {
                prompt.words(answer.after).control(eos);
            }
        }
        return prompt.build();
    }
}

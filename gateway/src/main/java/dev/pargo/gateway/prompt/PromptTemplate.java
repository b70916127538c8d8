package dev.pargo.gateway.prompt;

import dev.pargo.proto.v1.PromptFormat;
import dev.pargo.proto.v1.PromptSegment;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Renders conversations in the words a model was trained with.
 *
 * <p>A template is one turn, cut here into its parts:
 *
 * <pre>
 * A chat between ... questions. USER: &lt;Img&gt;&lt;ImageHere&gt;&lt;/Img&gt; {question}\nASSISTANT:
 * [system                      ][open][image block             ][lead]{question}[close      ]
 * </pre>
 *
 * <p>The system part reaches to the last {@code USER:} and is empty in a template without one. The image block is the
 * placeholder, the tags around it and one space; it is repeated for several images and left out without any. {@code {}}
 * is another spelling of {@code {question}}. Whatever users write goes in as plain text after the template has been cut:
 * markers and control tokens in it mean nothing. With one turn and one image the segments are exactly the reference's.
 */
public final class PromptTemplate {

    private static final Pattern QUESTION = Pattern.compile("\\{question}|\\{}");
    private static final Pattern TAG_BEFORE = Pattern.compile("<\\w+>$");
    private static final Pattern TAG_AFTER = Pattern.compile("^(</\\w+>)?\\s?");
    private static final String USER = "USER:";

    private final String bos;
    private final String eos;
    private final String system;
    private final String open;
    private final String imageOpen;
    private final String imageClose;
    private final String lead;
    private final String close;

    /**
     * Cuts a template into its parts.
     *
     * @throws IllegalArgumentException if it has no place for an image followed by one for a question; the message says
     *     so in a line
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
        this.bos = format.getBosToken();
        this.eos = format.getEosToken();
        int tagBefore = indexOf(TAG_BEFORE, before, before.length());
        int user = Math.max(0, before.lastIndexOf(USER, tagBefore));
        this.system = before.substring(0, user);
        this.open = before.substring(user, tagBefore);
        this.imageOpen = before.substring(tagBefore);
        Matcher tagAfter = TAG_AFTER.matcher(after);
        int leadStart = tagAfter.lookingAt() ? tagAfter.end() : 0;
        this.imageClose = after.substring(0, leadStart);
        this.lead = after.substring(leadStart, question.start());
        this.close = after.substring(question.end());
    }

    /** The prompt of a conversation; visual segments are numbered in the order of the images. */
    public List<PromptSegment> render(Conversation conversation) {
        PromptBuilder prompt = new PromptBuilder().control(bos).text(system(conversation.system()));
        int visual = 0;
        for (Conversation.Turn turn : conversation.turns()) {
            prompt.text(open);
            for (int i = 0; i < turn.images(); i++) {
                prompt.text(imageOpen).visual(visual++).text(imageClose);
            }
            prompt.text(lead).text(turn.question()).text(close);
            if (turn.answer() != null) {
                prompt.text(turn.answer()).control(eos);
            }
        }
        return prompt.build();
    }

    private String system(@Nullable String replacement) {
        if (replacement == null) {
            return system;
        }
        return replacement
                + (system.isEmpty()
                        ? "\n"
                        : system.substring(system.stripTrailing().length()));
    }

    private static int indexOf(Pattern pattern, String text, int otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.start() : otherwise;
    }
}

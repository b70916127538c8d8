package dev.pargo.models.chat;

import dev.pargo.models.chat.DialogueMessage.Part;
import dev.pargo.models.chat.DialogueMessage.Text;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.tokenizer.ControlWords;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes each conversation by executing the model's own chat template.
 *
 * <p>The template sees the words of users and models as they are, so that it may trim or search them. Only where they have the name of a
 * control token, a {@linkplain Marks mark} parts it, so that it stays text. What the template writes is then taken apart: its control
 * tokens, its placeholders of pictures, and text, from which the marks are taken away.
 */
public final class TemplateFormat implements PromptFormat {

    private static final String PROBE = "questionalpha";
    private static final String TOOL = """
            {"type": "function", "function": {"name": "%s", "description": "d",
             "parameters": {"type": "object", "properties": {"p": {"type": "string", "description": "d"}}}}}""".formatted(ToolCallSyntax.TOOL);

    private final PublishedTemplates templates;
    private final String placeholder;
    private final String opening;
    private final String endToken;
    private final ControlWords words;
    private final boolean takesParts;
    private final boolean knowsTools;
    private final Optional<ToolCallSyntax> toolCallSyntax;

    /**
     * Finds out what the template can write.
     *
     * @param placeholder   text that the template writes in place of a picture
     * @param opening       control token that the tokenizer puts before every text; empty for none
     * @param endToken      control token that closes an answer; empty for none
     * @param controlTokens of the tokenizer
     * @throws ConfigException if the template cannot write a question
     */
    public TemplateFormat(
            PublishedTemplates templates,
            String placeholder,
            String opening,
            String endToken,
            Set<String> controlTokens) {
        this.templates = templates;
        this.placeholder = placeholder;
        this.opening = opening;
        this.endToken = endToken;
        Set<String> unforgeable = new HashSet<>(controlTokens);
        unforgeable.add(placeholder);
        this.words = new ControlWords(unforgeable);
        Dialogue picture = Dialogue.of(DialogueMessage.question(PROBE));
        this.takesParts = writes(picture, true, PROBE) && writes(picture, true, placeholder);
        if (!writes(picture, takesParts, PROBE)) {
            throw new ConfigException(
                    "%s: the chat template cannot write a question; name a prompt.format or a prompt.template in a manifest"
                            .formatted(templates.origin()));
        }
        this.knowsTools =
                writes(new Dialogue(picture.messages(), List.of(TOOL), false), takesParts, ToolCallSyntax.TOOL);
        this.toolCallSyntax = knowsTools ? findToolCallForm(controlTokens) : Optional.empty();
    }

    private Optional<ToolCallSyntax> findToolCallForm(Set<String> controlTokens) {
        DialogueMessage question = DialogueMessage.text(DialogueMessage.USER, PROBE);
        DialogueMessage.Call call =
                new DialogueMessage.Call("call00001", ToolCallSyntax.TOOL, ToolCallSyntax.TOOL_ARGUMENTS);
        DialogueMessage called = new DialogueMessage(DialogueMessage.ASSISTANT, List.of(), List.of(call), "", "");
        try {
            return ToolCallSyntax.in(
                    render(new Dialogue(List.of(question, called), List.of(TOOL), false), UnaryOperator.identity()),
                    render(new Dialogue(List.of(question), List.of(TOOL), false), UnaryOperator.identity()),
                    controlTokens);
        } catch (ConversationException refused) {
            return Optional.empty();
        }
    }

    private boolean writes(Dialogue conversation, boolean inParts, String expected) {
        try {
            return render(new TemplateInput(conversation, UnaryOperator.identity()), inParts)
                    .contains(expected);
        } catch (TemplateException e) {
            return false;
        }
    }

    @Override
    public List<PromptPiece> write(Dialogue conversation) {
        if (!conversation.tools().isEmpty() && !knowsTools) {
            throw new ConversationException("tools are not supported by this model");
        }
        Marks marks = Marks.notIn(conversation);
        Dialogue marked = conversation.continues() ? withEnd(conversation, marks) : conversation;
        String written = renderApart(knowsTools ? marked : marked.withToolsAsText(), marks);
        if (conversation.continues()) {
            written = cut(written, marks);
        }
        return split(written, marks, conversation.pictures());
    }

    /**
     * Renders the conversation so that no control token is joined from what the template writes and what somebody has typed.
     *
     * <p>Parts of names at the ends of typed texts are marked before. What lies in the middle of a name (as {@code end} in {@code
     * <|end|>}) is an ordinary word, which a template may compare with its own, so it is marked only where such a name has been
     * written, and only if the template writes the same then.
     */
    private String renderApart(Dialogue conversation, Marks marks) {
        String written = render(conversation, text -> words.mark(text, marks.hidden()));
        Set<String> names = controls(written, marks);
        Set<String> inner = conversation
                .strings()
                .filter(text -> !text.isEmpty() && names.stream().anyMatch(name -> isInside(text, name)))
                .collect(Collectors.toSet());
        if (inner.isEmpty()) {
            return written;
        }
        String apart = render(
                conversation,
                text -> inner.contains(text)
                        ? text.charAt(0) + String.valueOf(marks.hidden()) + text.substring(1)
                        : words.mark(text, marks.hidden()));
        String mark = String.valueOf(marks.hidden());
        return apart.replace(mark, "").equals(written.replace(mark, "")) ? apart : written;
    }

    private static boolean isInside(String text, String name) {
        return text.length() < name.length() && name.indexOf(text, 1) > 0;
    }

    /** The names of the control tokens that a template has written. */
    private Set<String> controls(String written, Marks marks) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < written.length(); i++) {
            int length = controlAt(written, i, marks);
            if (length > 0) {
                names.add(written.substring(i, i + length));
                i += length - 1;
            }
        }
        return names;
    }

    /** Renders the conversation as it is. If the template refuses that, as turns, and then without a system message. */
    private String render(Dialogue conversation, UnaryOperator<String> hide) {
        List<Dialogue> forms = new ArrayList<>(List.of(conversation));
        if (conversation.tools().isEmpty()) {
            Dialogue turns = conversation.withToolsAsText().inTurns();
            forms.add(turns);
            forms.add(turns.withInstructionsInQuestion());
        }
        TemplateException refusal = null;
        for (Dialogue form : forms) {
            try {
                return render(new TemplateInput(form, hide), takesParts);
            } catch (TemplateException refused) {
                refusal = refusal == null ? refused : refusal;
            }
        }
        throw new ConversationException(refusal.getMessage());
    }

    private String render(TemplateInput input, boolean inParts) {
        List<Map<String, Object>> messages = inParts ? input.messagesOfParts() : input.messagesOfText(placeholder);
        Dialogue conversation = input.conversation();
        ChatTemplate template = conversation.tools().isEmpty() ? templates.template() : templates.forTools();
        return template.render(messages, input.tools(), !conversation.continues());
    }

    /** The mark is followed by a space, which tells whether the template trims the answer. */
    private static Dialogue withEnd(Dialogue conversation, Marks marks) {
        List<DialogueMessage> messages = new ArrayList<>(conversation.messages());
        DialogueMessage last = messages.remove(messages.size() - 1);
        List<Part> content = new ArrayList<>(last.content());
        String end = marks.end() + " ";
        if (!content.isEmpty() && content.get(content.size() - 1) instanceof Text text) {
            content.set(content.size() - 1, new Text(text.text() + end));
        } else {
            content.add(new Text(end));
        }
        messages.add(new DialogueMessage(last.role(), content, last.calls(), last.callId(), last.name()));
        return new Dialogue(messages, conversation.tools(), true);
    }

    /** Cuts the prompt at the end of the answer that is to be continued. */
    private static String cut(String written, Marks marks) {
        int end = written.lastIndexOf(marks.end());
        if (end < 0) {
            throw new ConversationException("the model's chat template cannot continue an answer");
        }
        String prompt = written.substring(0, end);
        return written.startsWith(" ", end + 1) ? prompt : prompt.stripTrailing();
    }

    private List<PromptPiece> split(String written, Marks marks, int pictures) {
        PromptPieces prompt = new PromptPieces();
        if (!written.startsWith(opening)) {
            prompt.opening(opening);
        }
        int picture = 0;
        for (int i = 0; i < written.length(); ) {
            int length = controlAt(written, i, marks);
            if (length == 0) {
                if (written.charAt(i) != marks.hidden()) {
                    prompt.text(written.charAt(i));
                }
                i++;
                continue;
            }
            String token = written.substring(i, i + length);
            if (token.equals(placeholder)) {
                prompt.picture(picture++);
            } else {
                prompt.control(token);
            }
            i += length;
        }
        if (picture != pictures) {
            throw new ConversationException(
                    "messages have %d images, but the model's chat template writes %d".formatted(pictures, picture));
        }
        return prompt.toList();
    }

    /** A word that a mark follows ends with a character that somebody has typed. */
    private int controlAt(String written, int at, Marks marks) {
        int length = words.longestAt(written, at);
        int end = at + length;
        return end < written.length() && written.charAt(end) == marks.hidden() ? 0 : length;
    }

    @Override
    public String endToken() {
        return endToken;
    }

    @Override
    public boolean knowsTools() {
        return knowsTools;
    }

    @Override
    public Optional<ToolCallSyntax> toolCallSyntax() {
        return toolCallSyntax;
    }

    @Override
    public String origin() {
        return templates.origin();
    }
}

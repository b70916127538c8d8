package dev.pargo.llm.grpc;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.ConversationException;
import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.PromptPiece;
import dev.pargo.models.chat.PromptTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.ToolCall;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Converts a request to a prompt: writes its conversation and tokenises it. Thread-safe. */
public final class PromptReader {

    /** Largest number of cached turn templates; more than a gateway has pipelines. */
    private static final int KEPT_TEMPLATES = 16;

    private final ModelBundle bundle;
    private final Tokenizer tokenizer;
    private final PromptTokenizer prompts;
    private final PromptFormat format;
    private final Map<String, PromptFormat> others = new ConcurrentHashMap<>();

    /** @throws ConfigException if the bundle's prompt format cannot be used */
    public PromptReader(ModelBundle bundle, Tokenizer tokenizer) {
        this.bundle = bundle;
        this.tokenizer = tokenizer;
        this.prompts = new PromptTokenizer(tokenizer, bundle.notation());
        this.format = bundle.promptFormat(tokenizer);
    }

    /** How the service writes conversations. */
    public PromptFormat format() {
        return format;
    }

    /** Control token that prompts begin with; empty for none. */
    public String opening() {
        DialogueMessage question =
                new DialogueMessage("user", List.of(new DialogueMessage.Text("?")), List.of(), "", "");
        PromptPiece first =
                format.write(new Dialogue(List.of(question), List.of(), false)).get(0);
        return first instanceof PromptPiece.Opening opening ? opening.token() : "";
    }

    /**
     * Reads a prompt.
     *
     * @param start     the request's start, which {@link RequestSize} has checked
     * @param visuals   the request's pictures
     * @param maxTokens largest number of tokens of a prompt
     * @throws StatusRuntimeException INVALID_FIELD, UNKNOWN_CONTROL_TOKEN, PROMPT_TOO_LONG or MALFORMED_STREAM
     */
    List<PromptPart> read(GenerateStart start, List<PictureRows> visuals, int maxTokens) {
        List<PromptPiece> pieces = start.hasConversation() ? written(start) : pieces(start.getPromptList());
        List<PromptPart> prompt = prompts.tokenize(pieces, visuals);
        int tokens = prompt.stream().mapToInt(PromptPart::length).sum();
        if (tokens == 0) {
            throw refusal(ErrorReason.INVALID_FIELD, "the prompt is empty");
        }
        if (tokens > maxTokens) {
            throw refusal(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d tokens, the limit is %d".formatted(tokens, maxTokens));
        }
        return prompt;
    }

    private List<PromptPiece> written(GenerateStart start) {
        try {
            return format(start.getConversation().getTurnTemplate()).write(conversation(start.getConversation()));
        } catch (ConversationException | ConfigException refused) {
            throw refusal(ErrorReason.INVALID_FIELD, refused.getMessage());
        }
    }

    private PromptFormat format(String turn) {
        if (turn.isEmpty()) {
            return format;
        }
        PromptFormat known = others.get(turn);
        if (known == null) {
            known = bundle.promptFormat(turn, tokenizer);
            if (others.size() < KEPT_TEMPLATES) {
                others.put(turn, known);
            }
        }
        return known;
    }

    private static Dialogue conversation(Conversation sent) {
        List<DialogueMessage> messages =
                sent.getMessagesList().stream().map(PromptReader::message).toList();
        return new Dialogue(messages, sent.getToolsList(), sent.getContinues());
    }

    private static DialogueMessage message(ChatMessage sent) {
        return new DialogueMessage(
                sent.getRole(),
                sent.getContentList().stream().map(PromptReader::part).toList(),
                sent.getToolCallsList().stream().map(PromptReader::call).toList(),
                sent.getToolCallId(),
                sent.getName());
    }

    private static DialogueMessage.Part part(ContentPart sent) {
        return sent.hasVisual() ? new DialogueMessage.Picture() : new DialogueMessage.Text(sent.getText());
    }

    private static DialogueMessage.Call call(ToolCall sent) {
        return new DialogueMessage.Call(sent.getId(), sent.getName(), sent.getArguments());
    }

    /** Removes a control token at the beginning if the tokenizer would put the same one there. */
    private List<PromptPiece> pieces(List<PromptSegment> segments) {
        List<PromptPiece> pieces = new ArrayList<>();
        for (PromptSegment segment : segments) {
            pieces.add(
                    switch (segment.getSegmentCase()) {
                        case TEXT -> new PromptPiece.Text(segment.getText());
                        case CONTROL ->
                            pieces.isEmpty()
                                    ? new PromptPiece.Opening(known(segment.getControl()))
                                    : new PromptPiece.Control(known(segment.getControl()));
                        case MARKED_TEXT -> new PromptPiece.Words(segment.getMarkedText());
                        case TOKENS ->
                            new PromptPiece.Tokens(segment.getTokens().getIdsList());
                        case VISUAL -> new PromptPiece.Picture(segment.getVisual());
                        case SEGMENT_NOT_SET -> throw refusal(ErrorReason.MALFORMED_STREAM, "an empty prompt segment");
                    });
        }
        return pieces;
    }

    private String known(String control) {
        if (tokenizer.controlToken(control).isEmpty()) {
            throw refusal(ErrorReason.UNKNOWN_CONTROL_TOKEN, "the model has no control token '%s'".formatted(control));
        }
        return control;
    }

    private static StatusRuntimeException refusal(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}

package dev.pargo.gateway.chat;

import dev.pargo.gateway.chat.ChatFields.Call;
import dev.pargo.gateway.chat.ChatFields.Message;
import dev.pargo.gateway.chat.ChatFields.Part;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a conversation from a list of messages. They are not changed; the LLM service formats them for its model. If
 * the last message is the assistant's, it is the beginning of the answer, unless the request says otherwise.
 */
public final class ChatMessages {

    private static final String ASSISTANT = "assistant";

    private final int maxImages;
    private final Conversation.Builder conversation = Conversation.newBuilder();
    private final List<PictureSource> images = new ArrayList<>();
    private boolean asks;

    private ChatMessages(int maxImages) {
        this.maxImages = maxImages;
    }

    /**
     * Reads all messages of a request.
     *
     * @param instructions   that precede the messages; null for none
     * @param field          the field with the messages, for error messages
     * @param continueAnswer whether an assistant's last message is continued
     * @throws GatewayException INVALID_REQUEST, naming the message
     */
    public static ChatMessages of(
            @Nullable String instructions, List<Values> messages, String field, int maxImages, boolean continueAnswer) {
        ChatMessages read = new ChatMessages(maxImages);
        if (instructions != null) {
            ChatMessage.Builder system = ChatMessage.newBuilder().setRole("system");
            addText(instructions, system);
            read.conversation.addMessages(system);
        }
        for (int i = 0; i < messages.size(); i++) {
            read.add(messages.get(i), "%s[%d]".formatted(field, i));
        }
        if (!read.asks) {
            throw invalid(field, field + " must have a message of the user");
        }
        ChatMessage last = read.conversation.getMessages(read.conversation.getMessagesCount() - 1);
        read.conversation.setContinues(continueAnswer && last.getRole().equals(ASSISTANT));
        return read;
    }

    public Conversation conversation() {
        return conversation.build();
    }

    /** All images, in the order of the conversation. */
    public List<PictureSource> images() {
        return List.copyOf(images);
    }

    private void add(Values message, String path) {
        @Nullable String role = message.get(Message.ROLE);
        if (role == null) {
            throw invalid(path + ".role", path + ".role is missing");
        }
        ChatMessage.Builder read = ChatMessage.newBuilder().setName(message.get(Message.NAME, ""));
        switch (role) {
            case "system", "developer" -> addTexts(message, path, read.setRole("system"));
            case "user" -> addContent(message, path, read.setRole(role));
            case "tool", "function" ->
                addTexts(message, path, read.setRole("tool").setToolCallId(message.get(Message.TOOL_CALL_ID, "")));
            case ASSISTANT -> addAnswer(message, path, read.setRole(role));
            default -> throw invalid(path + ".role", path + ".role must be system, developer, user, assistant or tool");
        }
        asks |= !read.getRole().equals("system");
        conversation.addMessages(read);
    }

    /** An assistant's message may have no content, a refusal, or calls of tools. */
    private void addAnswer(Values message, String path, ChatMessage.Builder read) {
        List<Values> calls = new ArrayList<>(message.get(Message.TOOL_CALLS, List.of()));
        @Nullable String refusal = message.get(Message.REFUSAL);
        @Nullable Values older = message.get(Message.FUNCTION_CALL);
        if (message.has(Message.CONTENT) || calls.isEmpty() && older == null && refusal == null) {
            addTexts(message, path, read);
        }
        if (refusal != null) {
            addText(refusal, read);
        }
        for (Values call : calls) {
            Values function = call.get(Call.FUNCTION, Values.NONE);
            read.addToolCalls(called(function).setId(call.get(Call.ID, "")));
        }
        if (older != null) {
            read.addToolCalls(called(older));
        }
    }

    private static ToolCall.Builder called(Values function) {
        return ToolCall.newBuilder()
                .setName(function.get(Call.NAME, ""))
                .setArguments(function.get(Call.ARGUMENTS, ""));
    }

    private void addTexts(Values message, String path, ChatMessage.Builder read) {
        int before = images.size();
        addContent(message, path, read);
        if (images.size() > before) {
            String param = images.get(before).param();
            throw invalid(param, param + ": only a user's message may have images");
        }
    }

    private void addContent(Values message, String path, ChatMessage.Builder read) {
        @Nullable Content content = message.get(Message.CONTENT);
        if (content == null) {
            throw invalid(path + ".content", path + ".content is missing");
        }
        if (content.text() != null) {
            addText(content.text(), read);
            return;
        }
        List<Values> parts = content.parts() == null ? List.of() : content.parts();
        for (int j = 0; j < parts.size(); j++) {
            addPart(parts.get(j), "%s.content[%d]".formatted(path, j), read);
        }
    }

    private void addPart(Values part, String path, ChatMessage.Builder read) {
        @Nullable String type = part.get(Part.TYPE);
        if (type == null) {
            throw invalid(path + ".type", path + ".type is missing");
        }
        switch (type) {
            case "text", "input_text", "output_text" -> {
                @Nullable String text = part.get(Part.TEXT);
                if (text == null) {
                    throw invalid(path + ".text", path + ".text is missing");
                }
                addText(text, read);
            }
            case "refusal" -> addText(part.get(Part.REFUSAL, ""), read);
            case "image_url", "input_image" -> addImage(part, path, read);
            case "video", "video_url", "input_video" ->
                throw invalid(path + ".type", path + ".type is %s; videos are not supported".formatted(type));
            default -> throw invalid(path + ".type", path + ".type must be text or image_url");
        }
    }

    private static void addText(String text, ChatMessage.Builder read) {
        read.addContent(ContentPart.newBuilder().setText(text));
    }

    private void addImage(Values part, String path, ChatMessage.Builder read) {
        @Nullable String url = part.get(Part.IMAGE_URL, "");
        @Nullable String uuid = part.get(Part.UUID);
        boolean sent = !url.isEmpty();
        if (!sent && uuid == null) {
            throw invalid(path + ".image_url", path + ".image_url.url is missing");
        }
        String param = path + (sent ? ".image_url" : ".uuid");
        if (images.size() == maxImages) {
            throw PictureSource.tooMany(param, maxImages);
        }
        read.addContent(ContentPart.newBuilder().setVisual(images.size()));
        images.add(new PictureSource(sent ? url : null, uuid, param));
    }

    private static GatewayException invalid(String path, String message) {
        return GatewayException.invalid(path, "invalid_value", message);
    }
}

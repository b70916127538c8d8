package dev.pargo.gateway.chat;

import dev.pargo.gateway.chat.ChatFields.Message;
import dev.pargo.gateway.chat.ChatFields.Part;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.gateway.prompt.Conversation;
import dev.pargo.gateway.prompt.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a conversation of a list of messages.
 *
 * <p>Texts that belong together are joined by line feeds: the parts of a message, all system messages, and messages of
 * one role that follow each other. What tools have answered is said by the user. An assistant's last message is the
 * beginning of the answer, unless the request says otherwise.
 */
final class ChatMessages {

    private final int maxImages;
    private final List<String> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final List<PictureSource> images = new ArrayList<>();
    private final List<String> question = new ArrayList<>();
    private final List<String> answer = new ArrayList<>();
    private int imagesOfEarlierTurns;

    private ChatMessages(int maxImages) {
        this.maxImages = maxImages;
    }

    /**
     * Reads all messages of a request.
     *
     * @param continueAnswer whether an assistant's last message is continued
     * @throws GatewayException INVALID_REQUEST, naming the message
     */
    static ChatMessages of(List<Values> messages, int maxImages, boolean continueAnswer) {
        ChatMessages conversation = new ChatMessages(maxImages);
        for (int i = 0; i < messages.size(); i++) {
            conversation.add(messages.get(i), "messages[%d]".formatted(i));
        }
        conversation.end(continueAnswer);
        return conversation;
    }

    Conversation conversation() {
        return new Conversation(system.isEmpty() ? null : String.join("\n", system), turns);
    }

    /** All images, in the order of the conversation. */
    List<PictureSource> images() {
        return List.copyOf(images);
    }

    private void add(Values message, String path) {
        @Nullable String role = message.get(Message.ROLE);
        if (role == null) {
            throw invalid(path + ".role", path + ".role is missing");
        }
        switch (role) {
            case "system", "developer" -> system.add(textOnly(message, path));
            case "user" -> {
                endTurnIfAnswered();
                question.add(withImages(content(message, path), path));
            }
            case "tool", "function" -> {
                endTurnIfAnswered();
                question.add(textOnly(message, path));
            }
            case "assistant" -> answer.add(assistant(message, path));
            default -> throw invalid(path + ".role", path + ".role must be system, developer, user, assistant or tool");
        }
    }

    /** An assistant may have said nothing, refused, or called tools; a call reads as its JSON. */
    private String assistant(Values message, String path) {
        @Nullable String calls = message.get(Message.TOOL_CALLS);
        @Nullable String call = message.get(Message.FUNCTION_CALL);
        @Nullable String refusal = message.get(Message.REFUSAL);
        boolean elsewhere = calls != null || call != null || refusal != null;
        @Nullable String said = message.has(Message.CONTENT) || !elsewhere ? textOnly(message, path) : null;
        return Stream.of(said, refusal, calls, call)
                .filter(Objects::nonNull)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    private void end(boolean continueAnswer) {
        if (question.isEmpty() && answer.isEmpty() && turns.isEmpty()) {
            throw invalid("messages", "messages must have a message of the user");
        }
        if (!answer.isEmpty() && !continueAnswer) {
            endTurnIfAnswered();
        }
        Turn last = turn(answer.isEmpty() ? null : String.join("\n", answer));
        turns.add(last);
    }

    private void endTurnIfAnswered() {
        if (!answer.isEmpty()) {
            turns.add(turn(String.join("\n", answer)));
            imagesOfEarlierTurns = images.size();
            question.clear();
            answer.clear();
        }
    }

    private Turn turn(@Nullable String answered) {
        return new Turn(images.size() - imagesOfEarlierTurns, String.join("\n", question), answered);
    }

    private static Content content(Values message, String path) {
        @Nullable Content content = message.get(Message.CONTENT);
        if (content == null) {
            throw invalid(path + ".content", path + ".content is missing");
        }
        return content;
    }

    private String textOnly(Values message, String path) {
        int before = images.size();
        String text = withImages(content(message, path), path);
        if (images.size() > before) {
            String param = images.get(before).param();
            throw invalid(param, param + ": only a user's message may have images");
        }
        return text;
    }

    private String withImages(Content content, String path) {
        if (content.text() != null) {
            return content.text();
        }
        List<Values> parts = content.parts() == null ? List.of() : content.parts();
        List<String> texts = new ArrayList<>();
        for (int j = 0; j < parts.size(); j++) {
            addPart(parts.get(j), "%s.content[%d]".formatted(path, j), texts);
        }
        return String.join("\n", texts);
    }

    private void addPart(Values part, String path, List<String> texts) {
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
                texts.add(text);
            }
            case "refusal" -> texts.add(part.get(Part.REFUSAL, ""));
            case "image_url", "input_image" -> addImage(part, path);
            default -> throw invalid(path + ".type", path + ".type must be text or image_url");
        }
    }

    private void addImage(Values part, String path) {
        @Nullable String url = part.get(Part.IMAGE_URL, "");
        @Nullable String uuid = part.get(Part.UUID);
        boolean sent = !url.isEmpty();
        if (!sent && uuid == null) {
            throw invalid(path + ".image_url", path + ".image_url.url is missing");
        }
        String param = path + (sent ? ".image_url" : ".uuid");
        if (images.size() == maxImages) {
            throw tooManyImages(param, maxImages);
        }
        images.add(new PictureSource(sent ? url : null, uuid, param));
    }

    /** There is one image more than a limit. */
    static GatewayException tooManyImages(String path, int limit) {
        return GatewayException.invalid(
                path, "too_many_images", "%s: a request may have at most %d images".formatted(path, limit));
    }

    private static GatewayException invalid(String path, String message) {
        return GatewayException.invalid(path, "invalid_value", message);
    }
}

package dev.pargo.gateway.chat;

import dev.pargo.gateway.chat.ChatRequest.Content;
import dev.pargo.gateway.chat.ChatRequest.Message;
import dev.pargo.gateway.chat.ChatRequest.Part;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.prompt.Conversation;
import dev.pargo.gateway.prompt.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a conversation of a list of messages.
 *
 * <p>Texts that belong together are joined by line feeds: the parts of a message, all system messages, and messages of
 * one role that follow each other. The last message must be the user's.
 */
final class ChatMessages {

    /** What fits into one message to the stage of the language model, at three bytes each. */
    private static final int MAX_CHARACTERS = 250_000;

    private final int maxImages;
    private final List<String> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final List<ImageSource> images = new ArrayList<>();
    private final List<String> question = new ArrayList<>();
    private final List<String> answer = new ArrayList<>();
    private int imagesOfEarlierTurns;
    private int characters;

    private ChatMessages(int maxImages) {
        this.maxImages = maxImages;
    }

    /**
     * Reads all messages of a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the message
     */
    static ChatMessages of(@Nullable List<@Nullable Message> messages, int maxImages) {
        if (messages == null || messages.isEmpty()) {
            throw invalid("messages", "messages must have at least one message");
        }
        ChatMessages conversation = new ChatMessages(maxImages);
        for (int i = 0; i < messages.size(); i++) {
            conversation.add(messages.get(i), "messages[%d]".formatted(i));
        }
        conversation.end("messages[%d]".formatted(messages.size() - 1));
        return conversation;
    }

    Conversation conversation() {
        return new Conversation(system.isEmpty() ? null : String.join("\n", system), turns);
    }

    /** All images, in the order of the conversation. */
    List<ImageSource> images() {
        return List.copyOf(images);
    }

    private void add(@Nullable Message message, String path) {
        if (message == null || message.role() == null) {
            throw invalid(path + ".role", path + ".role is missing");
        }
        if (message.content() == null) {
            throw invalid(path + ".content", path + ".content is missing");
        }
        switch (message.role()) {
            case "system", "developer" -> system.add(textOnly(message.content(), path));
            case "user" -> {
                endTurnIfAnswered();
                question.add(withImages(message.content(), path));
            }
            case "assistant" -> {
                if (question.isEmpty()) {
                    throw invalid(path + ".role", path + ".role: an assistant's message must follow a user's");
                }
                answer.add(textOnly(message.content(), path));
            }
            default -> throw invalid(path + ".role", path + ".role must be system, developer, user or assistant");
        }
    }

    private void end(String lastPath) {
        if (question.isEmpty() || !answer.isEmpty()) {
            throw invalid(lastPath + ".role", lastPath + ".role: the last message must be the user's");
        }
        turns.add(new Turn(images.size() - imagesOfEarlierTurns, String.join("\n", question), null));
    }

    private void endTurnIfAnswered() {
        if (!answer.isEmpty()) {
            turns.add(new Turn(
                    images.size() - imagesOfEarlierTurns, String.join("\n", question), String.join("\n", answer)));
            imagesOfEarlierTurns = images.size();
            question.clear();
            answer.clear();
        }
    }

    private String textOnly(Content content, String path) {
        int before = images.size();
        String text = withImages(content, path);
        if (images.size() > before) {
            String param = images.get(before).param();
            throw invalid(param, param + ": only a user's message may have images");
        }
        return text;
    }

    private String withImages(Content content, String path) {
        if (content.text() != null) {
            return counted(content.text());
        }
        List<@Nullable Part> parts = content.parts() == null ? List.of() : content.parts();
        if (parts.isEmpty()) {
            throw invalid(path + ".content", path + ".content must have at least one part");
        }
        List<String> texts = new ArrayList<>();
        for (int j = 0; j < parts.size(); j++) {
            addPart(parts.get(j), "%s.content[%d]".formatted(path, j), texts);
        }
        return String.join("\n", texts);
    }

    private void addPart(@Nullable Part part, String path, List<String> texts) {
        if (part == null || part.type() == null) {
            throw invalid(path + ".type", path + ".type is missing");
        }
        switch (part.type()) {
            case "text" -> {
                if (part.text() == null) {
                    throw invalid(path + ".text", path + ".text is missing");
                }
                texts.add(counted(part.text()));
            }
            case "image_url" -> addImage(part, path + ".image_url");
            default -> throw invalid(path + ".type", path + ".type must be text or image_url");
        }
    }

    private String counted(String text) {
        characters += text.length();
        if (characters > MAX_CHARACTERS) {
            throw GatewayException.invalid(
                    "messages",
                    "context_length_exceeded",
                    "messages must have at most %d characters of text".formatted(MAX_CHARACTERS));
        }
        return text;
    }

    private void addImage(Part part, String path) {
        if (part.imageUrl() == null || part.imageUrl().url() == null) {
            throw invalid(path, path + ".url is missing");
        }
        if (images.size() == maxImages) {
            throw tooManyImages(path, maxImages);
        }
        images.add(new ImageSource(part.imageUrl().url(), path));
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

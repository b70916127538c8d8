package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.prompt.Conversation;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a chat request asks, and how it wants to be answered; every value is checked.
 *
 * @param includeUsage whether a stream ends with usage and timings
 */
record ChatQuery(
        String model, Conversation conversation, List<ImageSource> images, boolean stream, boolean includeUsage) {

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static ChatQuery of(ChatRequest request, int maxImages) {
        if (request.model() == null || request.model().isBlank()) {
            throw Bounds.invalid("model", "model is missing");
        }
        UnsupportedFields.refuse(Objects.requireNonNullElse(request.others(), Map.of()));
        ChatMessages messages = ChatMessages.of(request.messages(), maxImages);
        boolean stream = Boolean.TRUE.equals(request.stream());
        return new ChatQuery(
                request.model(),
                messages.conversation(),
                messages.images(),
                stream,
                request.streamOptions() != null
                        && Boolean.TRUE.equals(request.streamOptions().includeUsage()));
    }
}

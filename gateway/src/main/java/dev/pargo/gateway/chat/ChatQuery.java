package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.proto.v1.Conversation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a chat request asks, and how it wants to be answered; every value is checked.
 *
 * @param model        null for the only one
 * @param includeUsage whether a stream ends with usage and timings
 */
record ChatQuery(
        @Nullable String model,
        Conversation conversation,
        List<PictureSource> images,
        boolean stream,
        boolean includeUsage) {

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static ChatQuery of(Values request, int maxImages) {
        @Nullable List<Values> given = request.get(ChatFields.MESSAGES);
        if (given == null) {
            throw Bounds.invalid("messages", "messages is missing");
        }
        ChatMessages messages = ChatMessages.of(given, maxImages, request.get(ChatFields.CONTINUE_FINAL_MESSAGE, true));
        @Nullable Values options = request.get(ChatFields.STREAM_OPTIONS);
        return new ChatQuery(
                request.get(ChatFields.MODEL),
                messages.conversation().toBuilder().addAllTools(tools(request)).build(),
                messages.images(),
                request.is(ChatFields.STREAM),
                options != null && options.is(ChatFields.INCLUDE_USAGE));
    }

    /** None if the request says that none is to be called. */
    private static List<String> tools(Values request) {
        if (request.get(ChatFields.TOOL_CHOICE, "auto").equals("none")) {
            return List.of();
        }
        List<String> tools = new ArrayList<>(request.get(ChatFields.TOOLS, List.of()));
        request.get(ChatFields.FUNCTIONS, List.of())
                .forEach(function -> tools.add("{\"type\": \"function\", \"function\": %s}".formatted(function)));
        return tools;
    }
}

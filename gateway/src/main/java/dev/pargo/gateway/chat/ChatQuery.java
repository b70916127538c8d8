package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.prompt.Conversation;
import dev.pargo.proto.v1.Sampling;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A chat request with every value checked.
 *
 * @param maxTokens    most tokens to write; 0 for the model's default
 * @param sampling     greedy unless the request gives a temperature: that is how the models are meant to be used
 * @param includeUsage whether a stream ends with usage and timings
 */
record ChatQuery(
        String model,
        Conversation conversation,
        List<ImageSource> images,
        Sampling sampling,
        int maxTokens,
        List<String> stop,
        boolean stream,
        boolean includeUsage) {

    private static final int MAX_STOPS = 4;

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static ChatQuery of(ChatRequest request, int maxImages) {
        if (request.model() == null || request.model().isBlank()) {
            throw invalid("model", "model is missing");
        }
        UnsupportedFields.refuse(Objects.requireNonNullElse(request.others(), Map.of()));
        ChatMessages messages = ChatMessages.of(request.messages(), maxImages);
        boolean stream = Boolean.TRUE.equals(request.stream());
        return new ChatQuery(
                request.model(),
                messages.conversation(),
                messages.images(),
                sampling(request),
                maxTokens(request),
                stop(request.stop()),
                stream,
                request.streamOptions() != null
                        && Boolean.TRUE.equals(request.streamOptions().includeUsage()));
    }

    private static Sampling sampling(ChatRequest request) {
        double temperature = Objects.requireNonNullElse(request.temperature(), 0.0);
        if (!(temperature >= 0 && temperature <= 2)) {
            throw invalid("temperature", "temperature must be between 0 and 2");
        }
        double topP = Objects.requireNonNullElse(request.topP(), 1.0);
        if (!(topP > 0 && topP <= 1)) {
            throw invalid("top_p", "top_p must be above 0 and at most 1");
        }
        int topK = Objects.requireNonNullElse(request.topK(), 0);
        if (topK < 0) {
            throw invalid("top_k", "top_k must not be negative");
        }
        Sampling.Builder sampling = Sampling.newBuilder()
                .setTemperature((float) temperature)
                .setTopP((float) topP)
                .setTopK(topK);
        if (request.seed() != null) {
            sampling.setSeed(request.seed());
        }
        return sampling.build();
    }

    private static int maxTokens(ChatRequest request) {
        boolean newName = request.maxCompletionTokens() != null;
        @Nullable Integer tokens = newName ? request.maxCompletionTokens() : request.maxTokens();
        if (tokens != null && tokens < 1) {
            String field = newName ? "max_completion_tokens" : "max_tokens";
            throw invalid(field, field + " must be at least 1");
        }
        return Objects.requireNonNullElse(tokens, 0);
    }

    private static List<String> stop(@Nullable List<@Nullable String> stop) {
        if (stop == null) {
            return List.of();
        }
        if (stop.size() > MAX_STOPS) {
            throw invalid("stop", "stop may have at most %d strings".formatted(MAX_STOPS));
        }
        for (@Nullable String text : stop) {
            if (text == null || text.isEmpty()) {
                throw invalid("stop", "stop must not have an empty string");
            }
        }
        return List.copyOf(stop);
    }

    private static GatewayException invalid(String field, String message) {
        return GatewayException.invalid(field, "invalid_value", message);
    }
}

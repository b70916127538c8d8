package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A chat request as it is read: types are right, values are not checked yet.
 *
 * @param topK   an extension: tokens to choose from, 0 for all
 * @param others every field that is not one of these
 */
@JsonNaming(SnakeCaseStrategy.class)
record ChatRequest(
        @Nullable String model,
        @Nullable List<@Nullable Message> messages,
        @Nullable Boolean stream,
        @Nullable StreamOptions streamOptions,
        @Nullable Integer maxTokens,
        @Nullable Integer maxCompletionTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Long seed,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<@Nullable String> stop,

        @JsonAnySetter @Nullable Map<String, JsonNode> others) {

    @JsonNaming(SnakeCaseStrategy.class)
    record StreamOptions(@Nullable Boolean includeUsage) {}

    record Message(@Nullable String role, @Nullable Content content) {}

    /** A text, or a list of parts; the other is null. */
    record Content(@Nullable String text, @Nullable List<@Nullable Part> parts) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Content of(String text) {
            return new Content(text, null);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Content of(@Nullable Part[] parts) {
            return new Content(null, Arrays.asList(parts));
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record Part(
            @Nullable String type,
            @Nullable String text,
            @Nullable ImageUrl imageUrl) {}

    /** Written as an object or, in short, as the URL alone. */
    record ImageUrl(@Nullable String url) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static ImageUrl of(String url) {
            return new ImageUrl(url);
        }

        @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
        static ImageUrl of(@Nullable String url, @Nullable String detail) {
            return new ImageUrl(url);
        }
    }
}

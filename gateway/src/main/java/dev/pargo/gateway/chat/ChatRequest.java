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
 * <p>{@code topK}, {@code minP}, {@code repetitionPenalty}, {@code minTokens}, {@code stopTokenIds}, {@code ignoreEos},
 * {@code guidedChoice}, {@code guidedJson}, {@code guidedRegex}, {@code structuredOutputs} and the fields of beam search are extensions, named as in vLLM and
 * Hugging Face.
 *
 * @param logitBias      by token id
 * @param beamLengthRule {@code pinned}: hypotheses count as long as in the transformers version of the paper;
 *                       {@code newer}: as in today's
 * @param others         every field that is not one of these
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
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Map<String, @Nullable Double> logitBias,
        @Nullable Long seed,
        @Nullable Integer n,
        @Nullable Boolean logprobs,
        @Nullable Integer topLogprobs,
        @Nullable Integer minTokens,
        @Nullable List<@Nullable Integer> stopTokenIds,
        @Nullable Boolean ignoreEos,
        @Nullable ResponseFormat responseFormat,
        @Nullable List<@Nullable String> guidedChoice,
        @Nullable JsonNode guidedJson,
        @Nullable String guidedRegex,
        @Nullable StructuredOutputs structuredOutputs,
        @Nullable Boolean useBeamSearch,
        @Nullable Integer numBeams,
        @Nullable Integer bestOf,
        @Nullable Double lengthPenalty,
        @Nullable Boolean earlyStopping,
        @Nullable String beamLengthRule,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<@Nullable String> stop,

        @JsonAnySetter @Nullable Map<String, JsonNode> others) {

    @JsonNaming(SnakeCaseStrategy.class)
    record StreamOptions(@Nullable Boolean includeUsage) {}

    /**
     * What an answer must look like.
     *
     * @param jsonSchema OpenAI's, with type json_schema
     * @param schema     the schema of a json_object, as servers had it before OpenAI
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record ResponseFormat(
            @Nullable String type,
            @Nullable NamedSchema jsonSchema,
            @Nullable JsonNode schema) {}

    record NamedSchema(@Nullable String name, @Nullable JsonNode schema) {}

    /** vLLM's way to ask for a format. */
    @JsonNaming(SnakeCaseStrategy.class)
    record StructuredOutputs(
            @Nullable List<@Nullable String> choice,
            @Nullable Boolean jsonObject,
            @Nullable JsonNode json,
            @Nullable String regex,
            @JsonAnySetter @Nullable Map<String, JsonNode> others) {}

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

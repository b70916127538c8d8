package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionAssistantMessageParam;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageParam;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's own Java client. */
@ExtendWith(SharedStack.class)
class OpenAiClientIT {

    private RunningStack stack;
    private OpenAIClient client;

    @BeforeEach
    void connect(RunningStack running) {
        stack = running;
        client = OpenAIOkHttpClient.builder()
                .baseUrl(running.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void listsModels() {
        assertThat(client.models().list().data())
                .singleElement()
                .satisfies(model -> assertThat(model.id()).isEqualTo("pargo-mini"));
    }

    @Test
    void asksAboutAPicture() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        ChatCompletion completion = client.chat().completions().create(question(example, "pargo-mini"));

        assertThat(completion.validate().choices().get(0).message().content()).contains(example.answer());
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.usage())
                .hasValueSatisfying(usage ->
                        assertThat(usage.totalTokens()).isEqualTo(example.promptTokens() + example.answerTokens()));
    }

    @Test
    void readsAStream() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();

        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question(example, "pargo-mini"))) {
            stream.stream().map(ChatCompletionChunk::validate).forEach(accumulator::accumulate);
        }

        assertThat(accumulator.chatCompletion().choices().get(0).message().content())
                .contains(example.answer());
    }

    @Test
    void understandsARefusal() throws IOException {
        ChatCompletionCreateParams question = question(KnownAnswer.all().get(0), "gpt-unknown");

        assertThatThrownBy(() -> client.chat().completions().create(question))
                .isInstanceOfSatisfying(NotFoundException.class, refusal -> {
                    assertThat(refusal.param()).contains("model");
                    assertThat(refusal.code()).contains("model_not_found");
                    assertThat(refusal.type()).contains("invalid_request_error");
                });
    }

    @Test
    void asksAboutSeveralPictures() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        ChatCompletion completion = client.chat()
                .completions()
                .create(question("pargo-mini", picture(example), picture(example), text(example.question())));

        assertThat(completion.usage())
                .hasValueSatisfying(
                        usage -> assertThat(usage.promptTokens()).isGreaterThanOrEqualTo(example.promptTokens() + 80));
    }

    @Test
    void asksAboutAPictureInEachOfTwoTurns() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ChatCompletionCreateParams one = question(example, "pargo-mini");

        ChatCompletion next = client.chat()
                .completions()
                .create(one.toBuilder()
                        .messages(Stream.of(
                                        one.messages(),
                                        List.of(ChatCompletionMessageParam.ofAssistant(
                                                ChatCompletionAssistantMessageParam.builder()
                                                        .content(example.answer())
                                                        .build())),
                                        one.messages())
                                .flatMap(List::stream)
                                .toList())
                        .build());

        assertThat(next.usage())
                .hasValueSatisfying(
                        usage -> assertThat(usage.promptTokens()).isGreaterThan(example.promptTokens() + 80));
    }

    @Test
    void readsTheUsageOfAStream() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ChatCompletionCreateParams question = question(example, "pargo-mini").toBuilder()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();

        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question)) {
            assertThat(stream.stream().flatMap(chunk -> chunk.usage().stream()))
                    .singleElement()
                    .satisfies(usage ->
                            assertThat(usage.totalTokens()).isEqualTo(example.promptTokens() + example.answerTokens()));
        }
    }

    @Test
    void drawsSeveralAnswersByASeed() throws IOException {
        ChatCompletionCreateParams question = question(KnownAnswer.all().get(0), "pargo-mini").toBuilder()
                .n(3)
                .seed(5)
                .temperature(1.5)
                .maxCompletionTokens(6)
                .build();

        List<String> drawn = texts(client.chat().completions().create(question));

        assertThat(drawn).hasSize(3).isEqualTo(texts(client.chat().completions().create(question)));
    }

    @Test
    void stopsBeforeAString() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        String stop = example.answer().substring(2, 4);

        ChatCompletion completion = client.chat()
                .completions()
                .create(question(example, "pargo-mini").toBuilder().stop(stop).build());

        assertThat(texts(completion))
                .containsExactly(example.answer().substring(0, example.answer().indexOf(stop)));
    }

    @Test
    void readsLogProbabilities() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        ChatCompletion completion = client.chat()
                .completions()
                .create(question(example, "pargo-mini").toBuilder()
                        .logprobs(true)
                        .topLogprobs(2)
                        .build());

        assertThat(completion
                        .choices()
                        .get(0)
                        .logprobs()
                        .orElseThrow()
                        .content()
                        .orElseThrow())
                .allSatisfy(token -> assertThat(token.logprob()).isNotPositive())
                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(2))
                .extracting(ChatCompletionTokenLogprob::token)
                .satisfies(tokens -> assertThat(String.join("", tokens)).isEqualTo(example.answer()));
    }

    @Test
    void raisesItsOwnErrorForABadField() throws IOException {
        ChatCompletionCreateParams question = question(KnownAnswer.all().get(0), "pargo-mini").toBuilder()
                .temperature(9.0)
                .build();

        assertThatThrownBy(() -> client.chat().completions().create(question))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        refusal -> assertThat(refusal.param()).contains("temperature"));
    }

    @Test
    void cancelsAStream() throws IOException {
        double before = cancelled();
        ChatCompletionCreateParams endless = question(KnownAnswer.all().get(0), "pargo-mini").toBuilder()
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .putAdditionalBodyProperty("max_tokens", JsonValue.from(-1))
                .n(4)
                .build();

        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(endless)) {
            assertThat(stream.stream().findFirst()).isPresent();
        }

        await().atMost(20, TimeUnit.SECONDS).until(() -> cancelled() > before);
    }

    @Test
    void raisesAnErrorWhereAStreamBreaksOff() throws IOException {
        URI hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "400ms"));
        ChatCompletionCreateParams endless = question("pargo-mini", text("Hm?")).toBuilder()
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .putAdditionalBodyProperty("max_tokens", JsonValue.from(-1))
                .build();

        // On a busy machine the time may be over before the first token: that is an error, too.
        assertThatThrownBy(() -> read(client.withOptions(options -> options.baseUrl(hasty + "/v1")), endless))
                .isInstanceOf(OpenAIException.class);
    }

    private static void read(OpenAIClient client, ChatCompletionCreateParams question) {
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(question)) {
            stream.stream().forEach(ChatCompletionChunk::validate);
        }
    }

    @Test
    void getsWhatASchemaSays() throws IOException {
        ChatCompletionCreateParams question = question(KnownAnswer.all().get(0), "pargo-mini").toBuilder()
                .responseFormat(ResponseFormatJsonSchema.builder()
                        .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                .name("answer")
                                .strict(true)
                                .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                        .putAdditionalProperty("type", JsonValue.from("object"))
                                        .putAdditionalProperty(
                                                "properties", JsonValue.from(Map.of("sure", Map.of("type", "boolean"))))
                                        .putAdditionalProperty("required", JsonValue.from(List.of("sure")))
                                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                        .build())
                                .build())
                        .build())
                .build();

        String answer = texts(client.chat().completions().create(question)).get(0);

        assertThat(JsonMapper.shared().readTree(answer).path("sure").isBoolean())
                .isTrue();
    }

    private double cancelled() throws IOException {
        return stack.service(ServiceKind.GATEWAY).metric("gen_ai.server.request.duration?tag=error.type:cancelled");
    }

    private static List<String> texts(ChatCompletion completion) {
        return completion.choices().stream()
                .map(choice -> choice.message().content().orElseThrow())
                .toList();
    }

    private static ChatCompletionCreateParams question(KnownAnswer example, String model) throws IOException {
        return question(model, picture(example), text(example.question()));
    }

    private static ChatCompletionCreateParams question(String model, ChatCompletionContentPart... parts) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessageOfArrayOfContentParts(List.of(parts))
                .build();
    }

    private static ChatCompletionContentPart picture(KnownAnswer example) throws IOException {
        return ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                        .url(PictureDataUrl.of(example.image()))
                        .detail(ChatCompletionContentPartImage.ImageUrl.Detail.LOW)
                        .build())
                .build());
    }

    private static ChatCompletionContentPart text(String text) {
        return ChatCompletionContentPart.ofText(
                ChatCompletionContentPartText.builder().text(text).build());
    }
}

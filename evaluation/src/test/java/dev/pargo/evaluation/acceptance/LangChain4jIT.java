package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.LogProb;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** LangChain4j's client for OpenAI. */
@ExtendWith(SharedStack.class)
class LangChain4jIT {

    /** An answer that continues until the context is full. */
    private static final Map<String, Object> ENDLESS = Map.of("ignore_eos", true, "max_tokens", -1);

    private RunningStack stack;
    private KnownAnswer example;

    @BeforeEach
    void connect(RunningStack running) throws IOException {
        stack = running;
        example = KnownAnswer.all().get(0);
    }

    @Test
    void asksAboutAPicture() throws IOException {
        ChatResponse answer = model().build().chat(asked(1));

        assertThat(answer.aiMessage().text()).isEqualTo(example.answer());
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().inputTokenCount()).isEqualTo(example.promptTokens());
    }

    @Test
    void asksAboutSeveralPicturesAndGoesOn() throws IOException {
        ChatResponse two = model().build().chat(asked(2));
        assertThat(two.tokenUsage().inputTokenCount()).isGreaterThan(example.promptTokens() + 50);

        ChatResponse next = model().build()
                .chat(SystemMessage.from("Be brief."), asked(1), AiMessage.from("Yes."), UserMessage.from("Really?"));
        assertThat(next.aiMessage().text()).isNotBlank();
    }

    @Test
    void readsAStreamWithUsage() throws Exception {
        Heard heard = new Heard(false);
        streaming(stack.url(), Map.of()).chat(List.of(asked(1)), heard);

        ChatResponse whole = heard.end.get(60, TimeUnit.SECONDS);

        assertThat(heard.text).hasToString(example.answer());
        assertThat(whole.aiMessage().text()).isEqualTo(example.answer());
        assertThat(whole.tokenUsage().totalTokenCount()).isEqualTo(example.promptTokens() + example.answerTokens());
    }

    @Test
    void cancelsAStream() throws Exception {
        double before = cancelled();
        streaming(stack.url(), ENDLESS).chat(List.of(UserMessage.from("Hm?")), new Heard(true));

        await().atMost(20, TimeUnit.SECONDS).until(() -> cancelled() > before);
    }

    @Test
    void drawsBySeedAndStops() throws IOException {
        OpenAiChatModel drawing =
                model().temperature(1.5).topP(0.9).seed(5).maxTokens(6).build();
        assertThat(drawing.chat(asked(1)).aiMessage())
                .isEqualTo(drawing.chat(asked(1)).aiMessage());

        String stop = example.answer().substring(2, 4);
        assertThat(model().stop(List.of(stop))
                        .build()
                        .chat(asked(1))
                        .aiMessage()
                        .text())
                .isEqualTo(example.answer().substring(0, example.answer().indexOf(stop)));
    }

    @Test
    void readsLogProbabilities() throws IOException {
        OpenAiChatResponseMetadata answer = (OpenAiChatResponseMetadata)
                model().logprobs(true).topLogprobs(2).build().chat(asked(1)).metadata();

        assertThat(answer.logProbs())
                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(2))
                .extracting(LogProb::token)
                .satisfies(tokens -> assertThat(String.join("", tokens)).isEqualTo(example.answer()));
    }

    @Test
    void getsWhatASchemaSays() throws IOException {
        JsonObjectSchema schema = JsonObjectSchema.builder()
                .addIntegerProperty("count")
                .addBooleanProperty("sure")
                .required("count", "sure")
                .additionalProperties(false)
                .build();
        ChatResponse answer = model().strictJsonSchema(true)
                .build()
                .chat(ChatRequest.builder()
                        .messages(asked(1))
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("answer")
                                        .rootElement(schema)
                                        .build())
                                .build())
                        .build());

        if (answer.finishReason() == FinishReason.STOP) {
            JsonNode json = JsonMapper.shared().readTree(answer.aiMessage().text());
            assertThat(json.get("count").isIntegralNumber()).isTrue();
            assertThat(json.get("sure").isBoolean()).isTrue();
        } else {
            assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void raisesItsOwnErrors() throws IOException {
        UserMessage question = asked(1);

        assertThatThrownBy(() -> model().modelName("none").build().chat(question))
                .isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> model().temperature(9.0).build().chat(question))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void raisesAnErrorWhereAStreamBreaksOff() throws Exception {
        URI hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "400ms"));
        Heard heard = new Heard(false);
        streaming(hasty, ENDLESS).chat(List.of(UserMessage.from("Hm?")), heard);

        assertThatThrownBy(() -> heard.end.get(60, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    private OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(stack.url() + "/v1")
                .apiKey("none")
                .modelName("pargo-mini")
                .maxRetries(0);
    }

    private static OpenAiStreamingChatModel streaming(URI url, Map<String, Object> more) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(url + "/v1")
                .apiKey("none")
                .modelName("pargo-mini")
                .customParameters(more)
                .build();
    }

    private UserMessage asked(int pictures) throws IOException {
        ImageContent picture = ImageContent.from(PictureDataUrl.of(example.image()));
        UserMessage.Builder message = UserMessage.builder();
        for (int i = 0; i < pictures; i++) {
            message.addContent(picture);
        }
        return message.addContent(TextContent.from(example.question())).build();
    }

    private double cancelled() throws IOException {
        return stack.service(ServiceKind.GATEWAY).metric("gen_ai.server.request.duration?tag=error.type:cancelled");
    }

    /** The events of a stream, and its end. */
    private static final class Heard implements StreamingChatResponseHandler {

        final StringBuilder text = new StringBuilder();
        final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private final boolean hangsUp;

        Heard(boolean hangsUp) {
            this.hangsUp = hangsUp;
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            text.append(piece.text());
            if (hangsUp) {
                context.streamingHandle().cancel();
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }
    }
}

package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.pargo.evaluation.client.DataUrl;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own Java client. */
@ExtendWith(SharedStack.class)
class OpenAiClientIT {

    private OpenAIClient client;

    @BeforeEach
    void connect(RunningStack running) {
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
        Example example = Example.all().get(0);

        ChatCompletion completion = client.chat().completions().create(question(example, "pargo-mini"));

        assertThat(completion.validate().choices().get(0).message().content()).contains(example.answer());
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.usage())
                .hasValueSatisfying(usage ->
                        assertThat(usage.totalTokens()).isEqualTo(example.promptTokens() + example.answerTokens()));
    }

    @Test
    void readsAStream() throws IOException {
        Example example = Example.all().get(0);
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
        ChatCompletionCreateParams question = question(Example.all().get(0), "gpt-unknown");

        assertThatThrownBy(() -> client.chat().completions().create(question))
                .isInstanceOfSatisfying(NotFoundException.class, refusal -> {
                    assertThat(refusal.param()).contains("model");
                    assertThat(refusal.code()).contains("model_not_found");
                    assertThat(refusal.type()).contains("invalid_request_error");
                });
    }

    private static ChatCompletionCreateParams question(Example example, String model) throws IOException {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessageOfArrayOfContentParts(List.of(
                        ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                        .url(DataUrl.of(example.image()))
                                        .detail(ChatCompletionContentPartImage.ImageUrl.Detail.LOW)
                                        .build())
                                .build()),
                        ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                .text(example.question())
                                .build())))
                .build();
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers, asked for with OpenAI's own client. */
class ChatTest {

    private static final String VISUAL = "[7 x " + 304 * 4096 * 4 + "]";

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;
    private static final OpenAIClient client = running.openAi();

    @Test
    void answersAQuestionAboutAnImage() {
        ChatCompletion completion =
                client.chat().completions().create(aboutAnImage().build());

        assertThat(completion.choices()).hasSize(1);
        assertThat(completion.choices().get(0).message().content()).contains("(user)What is it?" + VISUAL);
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.model()).isEqualTo("loopback");
        assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(11);
        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(3);
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(14);
        assertThat(completion.usage().orElseThrow()._additionalProperties().get("visual_tokens"))
                .isEqualTo(JsonValue.from(1));
    }

    @Test
    void tellsWhereTheTimeWent() {
        ChatCompletion completion =
                client.chat().completions().create(aboutAnImage().build());

        Map<String, Double> timings =
                completion._additionalProperties().get("timings").convert(new TypeReference<>() {});
        assertThat(timings)
                .containsOnlyKeys(
                        "queue_ms",
                        "encode_ms",
                        "project_ms",
                        "time_to_first_token_ms",
                        "decode_ms",
                        "total_ms",
                        "network_ms");
        assertThat(timings.get("queue_ms")).as("0.01 + 0.01 + 0.03 reported").isEqualTo(0.05);
        assertThat(timings.get("encode_ms")).isPositive();
        assertThat(timings.get("project_ms")).isPositive();
        assertThat(timings.get("time_to_first_token_ms")).isGreaterThan(timings.get("encode_ms"));
        assertThat(timings.get("total_ms")).isGreaterThanOrEqualTo(timings.get("time_to_first_token_ms"));
        assertThat(timings.get("network_ms")).as("1 + 1 + 3 reported").isEqualTo(5);
    }

    @Test
    void streamsAnAnswerAsItIsWritten() {
        ChatCompletionCreateParams params = aboutAnImage()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();

            assertThat(chunks)
                    .extracting(ChatCompletionChunk::id)
                    .containsOnly(chunks.get(0).id());
            assertThat(chunks.get(0).choices().get(0).delta().role())
                    .contains(ChatCompletionChunk.Choice.Delta.Role.ASSISTANT);
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.delta().content().stream()))
                    .containsExactly("", "(user)", "What is it?", VISUAL);
            assertThat(chunks.get(chunks.size() - 2).choices().get(0).finishReason())
                    .contains(ChatCompletionChunk.Choice.FinishReason.STOP);
            ChatCompletionChunk last = chunks.get(chunks.size() - 1);
            assertThat(last.choices()).isEmpty();
            assertThat(last.usage().orElseThrow().totalTokens()).isEqualTo(14);
            assertThat(last._additionalProperties()).containsKey("timings");
        }
    }

    @Test
    void aStreamIsWrittenAsOpenAiWritesIt() throws Exception {
        HttpResponse<String> response = gateway.chat(Bodies.textStream("Hello"));

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream;charset=UTF-8");
        List<String> events = List.of(response.body().split("\n\n"));
        assertThat(events).allMatch(event -> event.startsWith("data: ") && !event.contains("\n"));
        assertThat(events.get(0))
                .contains("\"object\":\"chat.completion.chunk\"")
                .contains("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"logprobs\":null,\"finish_reason\":null}]");
        assertThat(events.get(events.size() - 2))
                .contains("\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]")
                .doesNotContain("usage", "timings");
        assertThat(events.get(events.size() - 1)).isEqualTo("data: [DONE]");
    }

    @Test
    void aQuestionWithoutAnImageNeedsTheLlmOnly() {
        ChatCompletion completion = client.chat()
                .completions()
                .create(params().addUserMessage("Hello").build());

        assertThat(completion.choices().get(0).message().content()).contains("(user)Hello");
        assertThat(stages.encoder.behaviour.calls).hasValue(0);
        assertThat(stages.projector.behaviour.calls).hasValue(0);
    }

    @Test
    void imagesStandWhereTheyStandInTheMessage() throws Exception {
        HttpResponse<String> response = gateway.chat("""
                {"model":"loopback","messages":[{"role":"user","content":[
                 {"type":"image_url","image_url":"%s"},
                 {"type":"text","text":"Which"},
                 {"type":"image_url","image_url":{"url":"%s","detail":"high"}},
                 {"type":"text","text":"one?"}]}]}""".formatted(Bodies.dataUrl(3, 10), Bodies.dataUrl(4, 900_000)));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("(user)[3 x 4980736]Which[4 x 4980736]one?");
    }

    @Test
    void passesAWholeConversationOn() {
        ChatCompletion completion = client.chat()
                .completions()
                .create(params().addSystemMessage("Be brief.")
                        .addUserMessage("One?")
                        .addAssistantMessage("Two.")
                        .addUserMessage("Three?")
                        .build());

        assertThat(completion.choices().get(0).message().content())
                .contains("(system)Be brief.(user)One?(assistant)Two.(user)Three?");
    }

    @Test
    void isGreedyUnlessAsked() throws Exception {
        gateway.chat(Bodies.text("Hello"));

        assertThat(stages.llm.starts.take().getSampling().getTemperature()).isZero();
    }

    @Test
    void passesSamplingOn() throws Exception {
        client.chat()
                .completions()
                .create(params().addUserMessage("Hello")
                        .temperature(0.5)
                        .topP(0.25)
                        .seed(7)
                        .maxCompletionTokens(9)
                        .stopOfStrings(List.of("x", "y"))
                        .putAdditionalBodyProperty("top_k", JsonValue.from(3))
                        .build());

        GenerateStart start = stages.llm.starts.take();
        assertThat(start.getSampling().getTemperature()).isEqualTo(0.5f);
        assertThat(start.getSampling().getTopP()).isEqualTo(0.25f);
        assertThat(start.getSampling().getTopK()).isEqualTo(3);
        assertThat(start.getSampling().getSeed()).isEqualTo(7);
        assertThat(start.getMaxTokens()).isEqualTo(9);
        assertThat(start.getStopList()).containsExactly("x", "y");
    }

    @Test
    void saysWhenTheAnswerWasCut() {
        stages.llm.reason = FinishReason.LENGTH;

        ChatCompletion completion = client.chat()
                .completions()
                .create(params().addUserMessage("Hello").build());

        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    }

    @Test
    void carriesTheRequestIdToTheStagesAndBack() throws Exception {
        HttpRequest request = gateway.chatRequest(Bodies.image(7, "Hello"))
                .header("x-request-id", "mine-1")
                .build();

        assertThat(gateway.send(request).headers().firstValue("x-request-id")).contains("mine-1");
        assertThat(stages.requestIds).containsExactlyInAnyOrder("Encode mine-1", "Project mine-1", "Generate mine-1");
    }

    @Test
    void listsItsModels() {
        List<Model> models = client.models().list().data();

        assertThat(models).extracting(model -> model.validate().id()).containsExactly("loopback");
        assertThat(Instant.ofEpochSecond(models.get(0).created()))
                .isBetween(Instant.now().minusSeconds(600), Instant.now());
        assertThat(models.get(0)._additionalProperties()).containsEntry("max_model_len", JsonValue.from(2048));
        assertThat(client.models()
                        .retrieve("loopback")
                        ._additionalProperties()
                        .get("pargo")
                        .toString())
                .contains("eva02-clip", "e1", "pargo", "p1", "internlm2", "l1", "visual_tokens=304");
    }

    @Test
    void answersManyAtOnceWithoutMixingThem() throws Exception {
        List<Integer> bytes = IntStream.rangeClosed(1, 40).boxed().toList();
        List<String> answers = bytes.parallelStream()
                .map(value -> {
                    try {
                        return gateway.chat(Bodies.image(value, "Number " + value))
                                .body();
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                })
                .toList();

        for (int i = 0; i < bytes.size(); i++) {
            assertThat(answers.get(i)).contains("Number %d[%d x 4980736]\"".formatted(i + 1, i + 1));
        }
    }

    private static ChatCompletionCreateParams.Builder params() {
        return ChatCompletionCreateParams.builder().model("loopback");
    }

    private static ChatCompletionCreateParams.Builder aboutAnImage() {
        return params().addUserMessageOfArrayOfContentParts(List.of(
                ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                        .text("What is it?")
                        .build()),
                ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                .url(Bodies.dataUrl(7, 300_000))
                                .build())
                        .build())));
    }
}

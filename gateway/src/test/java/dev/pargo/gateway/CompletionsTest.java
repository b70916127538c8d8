package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.GenerateStart;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Completions of plain text. */
class CompletionsTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;
    private static final OpenAIClient client = running.openAi();

    @Test
    void continuesATextBehindTheModelsFirstToken() throws Exception {
        Completion completion =
                client.completions().create(params().prompt("Once <s> upon").build());

        assertThat(completion.choices()).hasSize(1);
        assertThat(completion.choices().get(0).text()).isEqualTo("(<s>)Once <s> upon");
        assertThat(completion.choices().get(0).finishReason())
                .isEqualTo(com.openai.models.completions.CompletionChoice.FinishReason.STOP);
        assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(10);
        GenerateStart start = stages.llm.starts.take();
        assertThat(start.getPromptList().get(1).hasMarkedText())
                .as("control tokens are recognised")
                .isTrue();
        assertThat(start.getMaxTokens()).as("as in OpenAI's API").isEqualTo(16);
    }

    @Test
    void continuesTokensAsTheyAre() {
        assertThat(client.completions()
                        .create(params().promptOfArrayOfTokens(List.of(5L, 6L)).build())
                        .choices()
                        .get(0)
                        .text())
                .isEqualTo("[5, 6]");
    }

    @Test
    void answersSeveralPromptsInTheirOrder() throws Exception {
        HttpResponse<String> response = gateway.post("/v1/completions", """
                {"prompt":["a",[1,2],"c","d","e","f","g"],"n":2,"temperature":1,"add_special_tokens":false}""");

        JsonNode answer = JsonMapper.shared().readTree(response.body());
        assertThat(answer.get("choices")
                        .valueStream()
                        .map(choice ->
                                choice.get("index").asInt() + choice.get("text").asString()))
                .containsExactly(
                        "0a",
                        "11:a",
                        "2[1, 2]",
                        "31:[1, 2]",
                        "4c",
                        "51:c",
                        "6d",
                        "71:d",
                        "8e",
                        "91:e",
                        "10f",
                        "111:f",
                        "12g",
                        "131:g");
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(70);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(14);
    }

    @Test
    void streamsTheAnswersToSeveralPrompts() {
        try (StreamResponse<Completion> stream = client.completions()
                .createStreaming(params().promptOfArrayOfStrings(List.of("a", "b"))
                        .n(2)
                        .temperature(1.0)
                        .echo(true)
                        .build())) {
            List<Completion> chunks = stream.stream().toList();

            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .collect(Collectors.groupingBy(
                                    choice -> choice.index(),
                                    Collectors.mapping(choice -> choice.text(), Collectors.joining()))))
                    .containsEntry(0L, "a(<s>)a")
                    .containsEntry(1L, "a1:(<s>)1:a")
                    .containsEntry(2L, "b(<s>)b")
                    .containsEntry(3L, "b1:(<s>)1:b");
        }
    }

    @Test
    void aStreamEndsWithUsageWhereAsked() throws Exception {
        List<String> events =
                List.of(gateway.post("/v1/completions", """
                        {"prompt":"a","stream":true,"stream_options":{"include_usage":true}}""").body().split("\n\n"));

        assertThat(events.get(0)).contains("\"object\":\"text_completion\"", "\"usage\":null");
        assertThat(events.get(events.size() - 2)).contains("\"choices\":[]", "\"total_tokens\":12");
        assertThat(events.get(events.size() - 1)).isEqualTo("data: [DONE]");
    }

    @Test
    void theAnswerMayBeginWithThePrompt() throws Exception {
        assertThat(client.completions()
                        .create(params().prompt("Once").echo(true).build())
                        .choices()
                        .get(0)
                        .text())
                .isEqualTo("Once(<s>)Once");
    }

    @Test
    void tellsLogprobsInTheOlderFormat() throws Exception {
        JsonNode logprobs = JsonMapper.shared()
                .readTree(gateway.post("/v1/completions", """
                        {"prompt":"Zé","logprobs":2}""").body())
                .at("/choices/0/logprobs");

        assertThat(logprobs.toString())
                .isEqualTo("{\"tokens\":[\"(<s>)\",\"Zé\"],\"token_logprobs\":[-1.0,-1.0],"
                        + "\"top_logprobs\":[{\"(<s>)\":-1.0,\"bytes:\\\\xc3\":-9999.0},{\"Zé\":-1.0,\"bytes:\\\\xc3\":-9999.0}],"
                        + "\"text_offset\":[0,5]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                        | prompt   | prompt is missing
            {"prompt":5}                              | prompt   | prompt must be string
            {"prompt":[]}                             | prompt   | prompt must not be empty
            {"prompt":[1,"a"]}                        | prompt   | prompt must be either token ids or a list of prompts
            {"prompt":["a",null]}                     | prompt[1] | prompt[1] must not be null
            {"prompt":[[]]}                           | prompt[0] | prompt[0] must not be empty
            {"prompt":"a","suffix":"b"}               | suffix   | suffix is not supported with this value
            {"prompt":"a","logprobs":21}              | logprobs | logprobs must be between 0 and 20
            {"prompt":"a","echo":true,"logprobs":1}   | echo     | echo cannot be used with logprobs
            {"prompt":[1],"echo":true}                | echo     | echo cannot be used with a prompt of token ids
            {"prompt":"a","best_of":2}                | best_of  | best_of has no effect without beam search
            {"prompt":"a","n":9}                      | n        | n must be at most 4 with this model
            """)
    void refusesByName(String body, String param, String message) throws Exception {
        HttpResponse<String> response = gateway.post("/v1/completions", body);

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
        assertThat(error.get("param").asString()).isEqualTo(param);
        assertThat(error.get("message").asString()).startsWith(message);
    }

    @Test
    void countsAsAnOperationOfItsOwn() throws Exception {
        gateway.post("/v1/completions", "{\"prompt\":\"a\"}");

        assertThat(gateway.actuator("prometheus").body())
                .containsPattern(
                        "gen_ai_server_request_duration_seconds_count\\{.*gen_ai_operation_name=\"text_completion\"");
    }

    private static CompletionCreateParams.Builder params() {
        return CompletionCreateParams.builder().model("loopback");
    }
}

package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import dev.pargo.evaluation.stack.Launcher;
import dev.pargo.evaluation.stack.Launcher.Outcome;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.ScriptedDecoder;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.StackPorts;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A model that writes a call of a tool, with Qwen2.5's chat template and its tags as added tokens. */
class ToolCallsIT {

    private static final List<String> ANSWER = List.of(
            "Wait.",
            "<tool_call>",
            "{\"name\": \"weather\",",
            " \"arguments\": {\"place\":",
            " \"Rome\"}}",
            "</tool_call>");
    private static final Path TEMPLATE = Repository.file("models/src/test/templates/Qwen-Qwen2.5-7B-Instruct.jinja");

    @TempDir
    private static Path directory;

    private static Launcher launcher;
    private static URI url;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        StackPorts ports = StackPorts.free();
        Map<String, String> environment = new TreeMap<>(ports.environment());
        environment.put(
                "PARGO_MODEL",
                ScriptedDecoder.make(ANSWER, TEMPLATE, directory.resolve("scripted"))
                        .toString());
        launcher = new Launcher(environment, directory);
        Outcome up = launcher.run("up");
        assertThat(up.status()).as(up.err()).isZero();
        url = URI.create("http://127.0.0.1:" + ports.work(ServiceKind.GATEWAY));
        client = OpenAIOkHttpClient.builder()
                .baseUrl(url + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        launcher.run("down");
    }

    @Test
    void theCallReachesTheClient() {
        assertThat(new GatewayClient(url)
                        .get("/v1/models")
                        .json()
                        .at("/data/0/pargo/tool_calls")
                        .asBoolean())
                .isTrue();
        ChatCompletionCreateParams request = question()
                .addFunctionTool(FunctionDefinition.builder().name("weather").build())
                .build();

        assertCalls(client.chat().completions().create(request));
        assertCalls(streamed(request));
    }

    @Test
    void withoutToolsTheSameAnswerIsText() {
        ChatCompletion answer = client.chat().completions().create(question().build());

        assertThat(answer.choices().get(0).message().content()).contains(String.join("", ANSWER));
        assertThat(answer.choices().get(0).finishReason()).isEqualTo(FinishReason.STOP);
    }

    /** The model would say something else first. */
    @Test
    void aRequiredCallFollowsTheToolsParameters() {
        ChatCompletionCreateParams request = question()
                .addFunctionTool(FunctionDefinition.builder()
                        .name("forecast")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("day", Map.of("$ref", "#/$defs/day"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("day")))
                                .putAdditionalProperty(
                                        "$defs", JsonValue.from(Map.of("day", Map.of("enum", List.of("today")))))
                                .build())
                        .build())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .build();

        for (ChatCompletion answer : List.of(client.chat().completions().create(request), streamed(request))) {
            ChatCompletion.Choice choice = answer.choices().get(0);
            assertThat(choice.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(choice.message().toolCalls().orElseThrow())
                    .singleElement()
                    .satisfies(call -> {
                        assertThat(call.asFunction().function().name()).isEqualTo("forecast");
                        assertThat(JsonMapper.shared()
                                        .readTree(call.asFunction().function().arguments()))
                                .isEqualTo(JsonMapper.shared().readTree("{\"day\": \"today\"}"));
                    });
        }
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder().model("scripted").addUserMessage("How is the weather in Rome?");
    }

    private static ChatCompletion streamed(ChatCompletionCreateParams request) {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(request)) {
            stream.stream().forEach(all::accumulate);
        }
        return all.chatCompletion();
    }

    private static void assertCalls(ChatCompletion answer) {
        ChatCompletion.Choice choice = answer.choices().get(0);
        assertThat(choice.message().content()).contains("Wait.");
        assertThat(choice.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        ChatCompletionMessageFunctionToolCall.Function function =
                choice.message().toolCalls().orElseThrow().get(0).asFunction().function();
        assertThat(function.name()).isEqualTo("weather");
        assertThat(function.arguments()).isEqualTo("{\"place\": \"Rome\"}");
    }
}

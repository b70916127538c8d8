package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption.Auto;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.ToolCallForm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of tools in answers, read with OpenAI's own client. The model repeats what the user says. */
class ToolCallsTest {

    private static final String CALL =
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"place\": \"Rome\"}}\n</tool_call>";
    private static final String OTHER_CALL = CALL.replace("Rome", "Zürich");
    private static final String READ = "weather{\"place\": \"Rome\"}";
    private static final String OTHER_READ = READ.replace("Rome", "Zürich");

    /** Two calls and text, cut in the tags and between them. */
    private static final List<String> TWO_CALLS = List.of(
            "Wait.\n" + CALL.substring(0, 5),
            CALL.substring(5, 40),
            CALL.substring(40, 70),
            CALL.substring(70) + "\n" + OTHER_CALL,
            "\n");

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start(stages -> stages.llm.description = stages.llm.description.toBuilder()
                    .setPrompt(PromptDescription.newBuilder()
                            .setTools(true)
                            .setToolCalls(ToolCallForm.newBuilder()
                                    .setOpening("<tool_call>")
                                    .setClosing("</tool_call>")
                                    .setArguments("arguments")))
                    .build());

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;
    private static final OpenAIClient client = running.openAi();

    private static ChatCompletionCreateParams.Builder says(List<String> pieces) {
        return ChatCompletionCreateParams.builder()
                .model("loopback")
                .addUserMessageOfArrayOfContentParts(pieces.stream()
                        .map(piece -> ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                .text(piece)
                                .build()))
                        .toList())
                .addFunctionTool(FunctionDefinition.builder().name("weather").build());
    }

    private static ChatCompletion whole(ChatCompletionCreateParams.Builder request) {
        return client.chat().completions().create(request.build());
    }

    private static ChatCompletion streamed(ChatCompletionCreateParams.Builder request) {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(request.build())) {
            stream.stream().forEach(all::accumulate);
        }
        return all.chatCompletion();
    }

    private static Choice only(ChatCompletion answer) {
        assertThat(answer.choices()).hasSize(1);
        return answer.choices().get(0);
    }

    private static List<String> calls(Choice choice) {
        return choice.message().toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction().function())
                .map(function -> function.name() + function.arguments())
                .toList();
    }

    @Test
    void areTakenOutOfTheText() {
        for (ChatCompletion answer : List.of(whole(says(TWO_CALLS)), streamed(says(TWO_CALLS)))) {
            Choice choice = only(answer);

            assertThat(choice.message().content()).contains("(user)Wait.");
            assertThat(calls(choice)).containsExactly(READ, OTHER_READ);
            assertThat(choice.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(choice.message().toolCalls().orElseThrow().stream()
                            .map(call -> call.asFunction().id()))
                    .allMatch(id -> id.startsWith("call_"))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void leaveNoContentIfThereIsNothingElse() throws Exception {
        stages.llm.tellsRoles = false;

        for (ChatCompletion answer : List.of(whole(says(List.of(CALL))), streamed(says(List.of(CALL))))) {
            assertThat(calls(only(answer))).containsExactly(READ);
            assertThat(only(answer).message().content().orElse("")).isEmpty();
        }
        assertThat(only(whole(says(List.of(CALL)))).message()._content().isNull())
                .isTrue();
    }

    @Test
    void ofSeveralChoicesDoNotMix() {
        List<String> parts = List.of(CALL.substring(0, 20), CALL.substring(20));

        for (ChatCompletion answer : List.of(
                whole(says(parts).n(2).temperature(1)),
                streamed(says(parts).n(2).temperature(1)))) {
            assertThat(answer.choices()).hasSize(2);
            Choice first = answer.choices().get(0);
            Choice second = answer.choices().get(1);

            assertThat(calls(first)).containsExactly(READ);
            assertThat(first.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(calls(second)).isEmpty();
            assertThat(second.message().content()).contains("1:(user)1:" + parts.get(0) + "1:" + parts.get(1));
            assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void thatAreCutOrUnknownAreText() {
        String unknown = CALL.replace("weather", "stocks");
        String cut = unknown + CALL.substring(0, 50);

        for (ChatCompletion answer : List.of(whole(says(List.of(cut))), streamed(says(List.of(cut))))) {
            assertThat(only(answer).message().content()).contains("(user)" + cut);
            assertThat(calls(only(answer))).isEmpty();
            assertThat(only(answer).finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void doNotHideThatAnAnswerIsCut() {
        stages.llm.reason = dev.pargo.proto.v1.FinishReason.LENGTH;

        for (ChatCompletion answer : List.of(whole(says(TWO_CALLS)), streamed(says(TWO_CALLS)))) {
            assertThat(calls(only(answer))).hasSize(2);
            assertThat(only(answer).finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void afterTheFirstAreDroppedIfOneIsAskedFor() {
        assertThat(calls(only(whole(says(TWO_CALLS).parallelToolCalls(false))))).containsExactly(READ);
        assertThat(calls(only(streamed(says(TWO_CALLS).parallelToolCalls(false)))))
                .containsExactly(READ);
    }

    @Test
    void thatAreRequiredNeedNoTags() {
        stages.llm.tellsRoles = false;
        List<String> bare = List.of("{\"name\": \"weather\", \"argu", "ments\": {\"place\": \"Rome\"}}");

        for (ChatCompletion answer : List.of(
                whole(says(bare).toolChoice(Auto.REQUIRED)), streamed(says(bare).toolChoice(Auto.REQUIRED)))) {
            assertThat(calls(only(answer))).containsExactly(READ);
            assertThat(only(answer).message().content().orElse("")).isEmpty();
            assertThat(only(answer).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        }
    }

    @Test
    void areTextIfNoneIsAskedFor() {
        for (ChatCompletionCreateParams.Builder request : List.of(
                says(List.of(CALL)).toolChoice(ChatCompletionToolChoiceOption.ofAuto(Auto.NONE)),
                says(List.of(CALL)).tools(List.of()),
                says(List.of(CALL)).putAdditionalBodyProperty("guided_regex", JsonValue.from(".*")))) {
            assertThat(only(whole(request)).message().content()).contains("(user)" + CALL);
            assertThat(only(streamed(request)).message().content()).contains("(user)" + CALL);
        }
    }

    @Test
    void haveTheirTokensAmongTheLogProbabilities() {
        for (ChatCompletion answer : List.of(
                whole(says(TWO_CALLS).logprobs(true)), streamed(says(TWO_CALLS).logprobs(true)))) {
            String written = String.join(
                    "",
                    only(answer).logprobs().orElseThrow().content().orElseThrow().stream()
                            .map(token -> token.token())
                            .toList());

            assertThat(written).isEqualTo("(user)" + String.join("", TWO_CALLS));
        }
    }

    @Test
    void holdNothingBackThatIsNone() throws Exception {
        String tools = "{\"tools\":[{\"function\":{\"name\":\"weather\"}}],";
        try (Stream<String> lines =
                gateway.chatLines(Bodies.textStream("Wait. <tool_x").replaceFirst("\\{", tools.replace("{", "\\{")))) {
            assertThat(lines.filter(line -> line.contains("\"content\":\"Wait. <tool_x\"")))
                    .hasSize(1);
        }
    }
}

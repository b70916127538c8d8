package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.Sampling;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Decoding parameters: the accepted values, the parameters that reach the LLM, and the answers. */
class DecodingTest {

    private static final String HELLO = "Hello";

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;
    private static final OpenAIClient client = running.openAi();

    @Test
    void writesSeveralAnswers() {
        stages.llm.reason = FinishReason.LENGTH;

        ChatCompletion completion =
                client.chat().completions().create(params().n(3).temperature(1).build());

        assertThat(completion.choices())
                .extracting(ChatCompletion.Choice::index)
                .containsExactly(0L, 1L, 2L);
        assertThat(completion.choices())
                .extracting(choice -> choice.message().content().orElseThrow())
                .containsExactly("(user)" + HELLO, "1:(user)1:" + HELLO, "2:(user)2:" + HELLO);
        assertThat(completion.choices())
                .extracting(choice -> choice.finishReason().asString())
                .containsExactly("length", "stop", "stop");
        assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(6);
    }

    @Test
    void streamsSeveralAnswersAtOnce() {
        stages.llm.reason = FinishReason.LENGTH;
        ChatCompletionCreateParams params = params().n(2)
                .temperature(1)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();

            assertThat(written(chunks, 0)).isEqualTo("assistant|(user)|" + HELLO + "|length");
            assertThat(written(chunks, 1)).isEqualTo("assistant|1:(user)|1:" + HELLO + "|stop");
            assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
                    .isEqualTo(4);
        }
    }

    @Test
    void tellsLogProbabilities() {
        ChatCompletion completion = client.chat()
                .completions()
                .create(params().logprobs(true).topLogprobs(2).build());

        assertThat(completion.validate().choices()).hasSize(1);
        List<ChatCompletionTokenLogprob> tokens =
                completion.choices().get(0).logprobs().orElseThrow().content().orElseThrow();
        assertThat(tokens).extracting(ChatCompletionTokenLogprob::token).containsExactly("(user)", HELLO);
        assertThat(tokens.get(0).logprob()).isEqualTo(-1);
        assertThat(tokens.get(0).bytes().orElseThrow()).containsExactly(40L, 117L, 115L, 101L, 114L, 41L);
        ChatCompletionTokenLogprob.TopLogprob other =
                tokens.get(0).topLogprobs().get(1);
        assertThat(tokens.get(0).topLogprobs().get(0).token()).isEqualTo("(user)");
        assertThat(other.token()).as("half of a character").isEqualTo("\ufffd");
        assertThat(other.bytes().orElseThrow()).containsExactly(0xc3L);
        assertThat(other.logprob()).as("JSON has no infinity").isEqualTo(-9999);
    }

    @Test
    void streamsLogProbabilitiesWithTheirText() {
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(params().logprobs(true).build())) {
            assertThat(stream.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.logprobs().stream())
                            .flatMap(logprobs -> logprobs.content().orElseThrow().stream()))
                    .extracting(ChatCompletionTokenLogprob::token)
                    .containsExactly("(user)", HELLO);
        }
        assertThat(stages.llm.starts.remove().getTopLogprobs()).isZero();
    }

    @Test
    void logProbabilitiesAreNullUnlessAskedFor() throws Exception {
        assertThat(gateway.chat(Bodies.text("Hello")).body()).contains("\"logprobs\":null,\"finish_reason\":\"stop\"");
        assertThat(gateway.chat(Bodies.textStream("Hello")).body()).contains("\"logprobs\":null");
        assertThat(stages.llm.starts).noneMatch(GenerateStart::hasTopLogprobs);
    }

    @Test
    void passesPenaltiesAndBiasesOn() {
        client.chat()
                .completions()
                .create(params().presencePenalty(-2)
                        .frequencyPenalty(1.5)
                        .logitBias(ChatCompletionCreateParams.LogitBias.builder()
                                .putAdditionalProperty("0", JsonValue.from(-100))
                                .putAdditionalProperty("999", JsonValue.from(0.5))
                                .build())
                        .putAdditionalBodyProperty("repetition_penalty", JsonValue.from(1.25))
                        .putAdditionalBodyProperty("min_p", JsonValue.from(0.25))
                        .build());

        Sampling sampling = stages.llm.starts.remove().getSampling();
        assertThat(sampling.getPresencePenalty()).isEqualTo(-2);
        assertThat(sampling.getFrequencyPenalty()).isEqualTo(1.5f);
        assertThat(sampling.getRepetitionPenalty()).isEqualTo(1.25f);
        assertThat(sampling.getMinP()).isEqualTo(0.25f);
        assertThat(sampling.getLogitBiasMap()).containsOnly(entry(0, -100f), entry(999, 0.5f));
    }

    @Test
    void passesOnWhereAnswersEnd() throws Exception {
        gateway.chat(Bodies.text("Hello", "'max_tokens':9,'min_tokens':4,'stop_token_ids':[5,6],'ignore_eos':true"));

        GenerateStart start = stages.llm.starts.remove();
        assertThat(start.getMaxTokens()).isEqualTo(9);
        assertThat(start.getMinTokens()).isEqualTo(4);
        assertThat(start.getStopTokenIdsList()).containsExactly(5, 6);
        assertThat(start.getIgnoreEos()).isTrue();
    }

    @Test
    void asksForJson() throws Exception {
        client.chat()
                .completions()
                .create(params().responseFormat(
                                ResponseFormatJsonObject.builder().build())
                        .build());
        gateway.chat(Bodies.text("Hello", "'structured_outputs':{'json_object':true,'choice':null,'regex':null}"));

        assertThat(stages.llm.starts)
                .hasSize(2)
                .allMatch(start -> start.getFormat().getJsonObject());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'type':'null'}}}",
                "'response_format':{'type':'json_object','schema':{'type':'null'}}",
                "'guided_json':{'type':'null'}",
                "'json_schema':{'type':'null'}",
                "'guided_json':'{\\u0022type\\u0022:\\u0022null\\u0022}'",
                "'structured_outputs':{'json':{'type':'null'}}"
            })
    void anAnswerCanFollowASchema(String field) throws Exception {
        gateway.chat(Bodies.text("Hello", field));
        assertThat(stages.llm.starts)
                .singleElement()
                .extracting(start -> start.getFormat().getJsonSchema())
                .isEqualTo("{\"type\":\"null\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'response_format':{'type':'json_schema','json_schema':{'schema':{}}} | response_format
            'guided_json':{}                                                      | guided_json
            'json_schema':{}                                                      | json_schema
            'structured_outputs':{'json':{}}                                      | structured_outputs
            """)
    void aSchemaThatTheLlmRefusesIsNamedWithThePlaceInIt(String field, String param) throws Exception {
        stages.llm.behaviour.failures.add(
                new StageError(ErrorReason.INVALID_FIELD, "format.json_schema $.a.not is not supported").toException());

        HttpResponse<String> response = gateway.chat(Bodies.text("Hello", field));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains(
                        "\"param\":\"%s\"".formatted(param),
                        "\"message\":\"%s $.a.not is not supported\"".formatted(param));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'guided_regex':'a*'", "'structured_outputs':{'regex':'a*'}"})
    void anAnswerCanFollowARegularExpression(String field) throws Exception {
        gateway.chat(Bodies.text("Hello", field));
        assertThat(stages.llm.starts)
                .singleElement()
                .extracting(start -> start.getFormat().getRegex())
                .isEqualTo("a*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'guided_choice':['yes','no']", "'structured_outputs':{'choice':['yes','no']}"})
    void asksForOneOfSomeStrings(String field) throws Exception {
        gateway.chat(Bodies.text("Hello", field));

        assertThat(stages.llm.starts.remove().getFormat().getOneOf().getStringsList())
                .containsExactly("yes", "no");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'num_beams':4                                                              | 4 | 1    | false | false
            'use_beam_search':true,'best_of':3,'n':1,'temperature':0                   | 3 | 1    | false | false
            'use_beam_search':true,'best_of':2,'num_beams':2,'length_penalty':-0.5     | 2 | -0.5 | false | false
            'num_beams':2,'early_stopping':true,'beam_length_rule':'newer'             | 2 | 1    | true  | true
            'use_beam_search':true,'num_beams':1,'beam_length_rule':'pinned','top_p':1 | 1 | 1    | false | false
            """)
    void asksForBeamSearch(String fields, int beams, float lengthPenalty, boolean early, boolean newer)
            throws Exception {
        assertThat(gateway.chat(Bodies.text("Hello", fields)).statusCode()).isEqualTo(200);

        assertThat(stages.llm.starts.remove().getBeamSearch())
                .isEqualTo(BeamSearch.newBuilder()
                        .setBeams(beams)
                        .setLengthPenalty(lengthPenalty)
                        .setEarlyStopping(early)
                        .setNewerLengthRule(newer)
                        .build());
    }

    @Test
    void isPlainUnlessAsked() throws Exception {
        gateway.chat(Bodies.text("Hello", "'response_format':{'type':'text'},'num_beams':1,'logprobs':false"));

        GenerateStart start = stages.llm.starts.remove();
        assertThat(start.hasBeamSearch()).isFalse();
        assertThat(start.hasFormat()).isFalse();
        assertThat(start.getChoices()).isEqualTo(1);
        assertThat(start.getSampling())
                .isEqualTo(
                        Sampling.newBuilder().setTopP(1).setRepetitionPenalty(1).build());
    }

    @Test
    void tellsHowMuchOfThePromptWasKnown() {
        stages.llm.cachedTokens = 6;

        assertThat(client.chat()
                        .completions()
                        .create(params().build())
                        .usage()
                        .flatMap(usage -> usage.promptTokensDetails())
                        .flatMap(details -> details.cachedTokens()))
                .contains(6L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'n':0                                     | n                  | n must be between 1 and 1024
            'n':5,'temperature':1                     | n                  | n must be at most 4 with this model
            'n':1.5                                   | n                  | n must be a whole number
            'logprobs':1                              | logprobs           | logprobs must be true or false
            'top_logprobs':2                          | top_logprobs       | top_logprobs needs logprobs to be true
            'logprobs':true,'top_logprobs':21         | top_logprobs       | top_logprobs must be between 0 and 20
            'presence_penalty':2.1                    | presence_penalty   | presence_penalty must be between -2 and 2
            'frequency_penalty':-2.1                  | frequency_penalty  | frequency_penalty must be between -2 and 2
            'frequency_penalty':'NaN'                 | frequency_penalty  | frequency_penalty must be a number
            'repetition_penalty':0                    | repetition_penalty | repetition_penalty must be above 0 and at most 10
            'repetition_penalty':1e400                | repetition_penalty | repetition_penalty must be above 0 and at most 10
            'min_p':1.1                               | min_p              | min_p must be between 0 and 1
            'min_tokens':-1                           | min_tokens         | min_tokens must be at least 0
            'min_tokens':6,'max_tokens':5             | min_tokens         | min_tokens must be at most the 5 tokens of max_tokens
            'stop_token_ids':[3,1000]                 | stop_token_ids[1]  | stop_token_ids[1] must be between 0 and 999
            'stop_token_ids':[null]                   | stop_token_ids[0]  | stop_token_ids[0] must not be null
            'stop_token_ids':['3']                    | stop_token_ids[0]  | stop_token_ids[0] must be a whole number
            'ignore_eos':1                            | ignore_eos         | ignore_eos must be true or false
            'logit_bias':[1]                          | logit_bias         | logit_bias must be an object
            'logit_bias':{'1':'x'}                    | logit_bias.1       | logit_bias.1 must be a number
            'logit_bias':{'1':101}                    | logit_bias.1       | logit_bias.1 must be between -100 and 100
            'logit_bias':{'1':null}                   | logit_bias.1       | logit_bias.1 must not be null
            'logit_bias':{'1000':1}                   | logit_bias         | logit_bias must have token ids from 0 to 999 as keys
            'logit_bias':{'the':1}                    | logit_bias         | logit_bias must have token ids from 0 to 999 as keys
            'response_format':'text'                  | response_format    | response_format must be an object
            'response_format':{}                      | response_format    | response_format.type must be text, json_object or json_schema
            'response_format':{'type':'json_schema'}  | response_format    | response_format.json_schema.schema must be there with this type
            'guided_choice':[]                        | guided_choice      | guided_choice must not be empty
            'guided_choice':['a','']                  | guided_choice[1]   | guided_choice[1] must have 1 to 1000 characters
            'guided_choice':'a'                       | guided_choice      | guided_choice must be a list
            'structured_outputs':{}                   | structured_outputs | structured_outputs must have one of choice, json, json_object and regex
            'structured_outputs':{'grammar':'a'}      | structured_outputs.grammar | structured_outputs.grammar is not supported with this value
            'structured_outputs':{'choice':['a'],'json_object':true} | structured_outputs | structured_outputs must have one of choice, json, json_object and regex
            'guided_choice':['a'],'response_format':{'type':'json_object'} | guided_choice | only one of response_format, guided_choice, guided_json, guided_regex, json_schema and structured_outputs may be given
            'guided_choice':['a'],'ignore_eos':true   | ignore_eos         | ignore_eos cannot be used with an answer of a given format
            'guided_choice':['a'],'min_tokens':1      | min_tokens         | min_tokens cannot be used with an answer of a given format
            'num_beams':0                             | num_beams          | num_beams must be between 1 and 1024
            'num_beams':5                             | num_beams          | num_beams must be at most 4 with this model
            'use_beam_search':true                    | num_beams          | num_beams is missing: beam search needs it, or best_of
            'use_beam_search':true,'best_of':5        | best_of            | best_of must be at most 4 with this model
            'num_beams':2,'best_of':3                 | best_of            | best_of must be the same as num_beams
            'num_beams':2,'use_beam_search':false     | num_beams          | num_beams has no effect without beam search: ask for it with use_beam_search or num_beams
            'best_of':2                               | best_of            | best_of has no effect without beam search: ask for it with use_beam_search or num_beams
            'length_penalty':2                        | length_penalty     | length_penalty has no effect without beam search: ask for it with use_beam_search or num_beams
            'early_stopping':true                     | early_stopping     | early_stopping has no effect without beam search: ask for it with use_beam_search or num_beams
            'num_beams':2,'length_penalty':11         | length_penalty     | length_penalty must be between -10 and 10
            'num_beams':2,'early_stopping':'never'    | early_stopping     | early_stopping must be true or false
            'num_beams':2,'beam_length_rule':'old'    | beam_length_rule   | beam_length_rule must be pinned or newer
            'num_beams':2,'n':2                       | n                  | n must be 1 with beam search, which gives its best answer; num_beams or best_of is the number of beams
            'num_beams':2,'temperature':0.5           | temperature        | temperature cannot be used with beam search
            'num_beams':2,'logit_bias':{'1':1}        | logit_bias         | logit_bias cannot be used with beam search
            'num_beams':2,'repetition_penalty':1.1    | repetition_penalty | repetition_penalty cannot be used with beam search
            'num_beams':2,'logprobs':true             | logprobs           | logprobs cannot be used with beam search
            'num_beams':2,'guided_choice':['a']       | guided_choice      | guided_choice cannot be used with beam search
            """)
    void namesWhatIsWrong(String fields, String param, String message) throws Exception {
        HttpResponse<String> response = gateway.chat(Bodies.text("Hello", fields));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
        assertThat(error.get("message").asString()).isEqualTo(message);
        assertThat(error.get("param").asString()).isEqualTo(param);
        assertThat(stages.llm.starts).isEmpty();
    }

    private static String written(List<ChatCompletionChunk> chunks, int index) {
        StringBuilder all = new StringBuilder();
        chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.index() == index)
                .forEach(choice -> {
                    choice.delta().role().ifPresent(role -> all.append(role.asString()));
                    choice.delta()
                            .content()
                            .filter(text -> !text.isEmpty())
                            .ifPresent(text -> all.append('|').append(text));
                    choice.finishReason().ifPresent(reason -> all.append('|').append(reason.asString()));
                });
        return all.toString();
    }

    private static ChatCompletionCreateParams.Builder params() {
        return ChatCompletionCreateParams.builder().model("loopback").addUserMessage("Hello");
    }
}

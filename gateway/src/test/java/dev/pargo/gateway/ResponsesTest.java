package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's Responses. */
class ResponsesTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;
    private static final OpenAIClient client = running.openAi();

    @Test
    void answersAText() {
        Response response = client.responses()
                .create(params().input("Hm?").instructions("Be brief.").build());

        assertThat(text(response)).isEqualTo("(system)Be brief.(user)Hm?");
        assertThat(response.status()).contains(ResponseStatus.COMPLETED);
        assertThat(response.usage().orElseThrow().totalTokens()).isEqualTo(14);
        assertThat(response.id()).startsWith("resp_");
        assertThat(response.instructions().orElseThrow().asString()).isEqualTo("Be brief.");
    }

    @Test
    void answersAConversationWithAPicture() throws Exception {
        HttpResponse<String> response = gateway.post("/v1/responses", """
                {"input":[
                 {"role":"user","content":[
                   {"type":"input_image","image_url":"%s","detail":"auto"},{"type":"input_text","text":"What?"}]},
                 {"type":"message","role":"assistant","id":"msg_1","status":"completed",
                  "content":[{"type":"output_text","text":"A cat.","annotations":[]}]},
                 {"role":"user","content":"Sure?"}]}""".formatted(Bodies.dataUrl(3, 10)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = JsonMapper.shared().readTree(response.body());
        assertThat(answer.at("/output/0/content/0/text").asString())
                .isEqualTo("(user)[3 x 4980736]What?(assistant)A cat.(user)Sure?");
        assertThat(answer.at("/usage/input_tokens_details/visual_tokens").asInt())
                .isEqualTo(1);
    }

    @Test
    void streamsEventsInOpenAisOrder() {
        try (StreamResponse<ResponseStreamEvent> stream =
                client.responses().createStreaming(params().input("Hm?").build())) {
            List<ResponseStreamEvent> events = stream.stream().toList();

            assertThat(events.get(0).isCreated()).isTrue();
            assertThat(events.get(1).isInProgress()).isTrue();
            assertThat(events.get(2).isOutputItemAdded()).isTrue();
            assertThat(events.get(3).isContentPartAdded()).isTrue();
            assertThat(events.get(4).asOutputTextDelta().delta()).isEqualTo("(user)");
            assertThat(events.get(5).asOutputTextDelta().delta()).isEqualTo("Hm?");
            assertThat(events.get(6).asOutputTextDone().text()).isEqualTo("(user)Hm?");
            assertThat(events.get(7).isContentPartDone()).isTrue();
            assertThat(events.get(8).isOutputItemDone()).isTrue();
            assertThat(text(events.get(9).asCompleted().response())).isEqualTo("(user)Hm?");
            assertThat(events).hasSize(10);
        }
    }

    @Test
    void eventsAreNamedAndNumbered() throws Exception {
        String[] events = gateway.post("/v1/responses", "{\"input\":\"Hm?\",\"stream\":true}")
                .body()
                .split("\n\n");

        assertThat(IntStream.range(0, events.length).boxed()).allSatisfy(index -> {
            String[] lines = events[index].split("\n");
            JsonNode data = JsonMapper.shared().readTree(lines[1].substring("data: ".length()));
            assertThat(lines[0]).isEqualTo("event: " + data.get("type").asString());
            assertThat(data.get("sequence_number").asInt()).isEqualTo(index);
        });
    }

    @Test
    void anAnswerThatWasCutIsIncomplete() {
        stages.llm.reason = FinishReason.LENGTH;

        Response response = client.responses()
                .create(params().input("Hm?").maxOutputTokens(3).build());

        assertThat(response.status()).contains(ResponseStatus.INCOMPLETE);
        assertThat(response.incompleteDetails().orElseThrow().reason())
                .contains(Response.IncompleteDetails.Reason.MAX_OUTPUT_TOKENS);
        try (StreamResponse<ResponseStreamEvent> stream =
                client.responses().createStreaming(params().input("Hm?").build())) {
            assertThat(stream.stream()
                            .reduce((first, last) -> last)
                            .orElseThrow()
                            .isIncomplete())
                    .isTrue();
        }
    }

    @Test
    void honoursItsFields() throws Exception {
        HttpResponse<String> response = gateway.post("/v1/responses", """
                {"input":"Hm?","max_output_tokens":7,"temperature":0.7,"top_p":0.5,"metadata":{"a":"b"},"store":true,
                 "include":["message.output_text.logprobs"],"top_logprobs":1,"reasoning":{"effort":"low"},"tools":[],
                 "text":{"format":{"type":"json_schema","name":"x","schema":{"type":"object"},"strict":true}}}""");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        GenerateStart start = stages.llm.starts.take();
        assertThat(start.getMaxTokens()).isEqualTo(7);
        assertThat(start.getSampling().getTemperature()).isEqualTo(0.7f);
        assertThat(start.getTopLogprobs()).isEqualTo(1);
        assertThat(start.getFormat().getJsonSchema()).isEqualTo("{\"type\":\"object\"}");
        JsonNode answer = JsonMapper.shared().readTree(response.body());
        assertThat(answer.at("/text/format"))
                .hasToString("{\"type\":\"json_schema\",\"name\":\"x\",\"schema\":{\"type\":\"object\"}}");
        assertThat(answer.at("/metadata/a").asString()).isEqualTo("b");
        assertThat(answer.get("temperature").asString()).isEqualTo("0.7");
        assertThat(answer.get("store").asBoolean()).as("nothing is stored").isFalse();
        assertThat(answer.at("/output/0/content/0/logprobs")).hasSize(2);
        assertThat(answer.at("/output/0/content/0/logprobs/0/top_logprobs")).hasSize(1);
    }

    @Test
    void aStreamThatAFaultEndsSaysSoAndIsCutOff() throws Exception {
        stages.llm.failAfter = 1;

        Stream<String> lines = gateway.lines("/v1/responses", "{\"input\":\"Hm?\",\"stream\":true}");

        List<String> seen = new ArrayList<>();
        assertThatThrownBy(() -> lines.forEach(seen::add));
        assertThat(seen).contains("event: error").noneMatch(line -> line.contains("response.completed"));
        assertThat(seen.stream().filter(line -> line.contains("\"type\":\"error\"")))
                .singleElement()
                .asString()
                .contains("\"code\":\"internal_error\"", "\"param\":null")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                          | input
            {'input':5}                                                 | input
            {'input':[{'type':'function_call_output','output':'x'}]}    | input[0].type
            {'input':[{'role':'user','content':[{'type':'input_file'}]}]} | input[0].content[0].type
            {'input':'a','previous_response_id':'resp_1'}               | previous_response_id
            {'input':'a','conversation':'c'}                            | conversation
            {'input':'a','background':true}                             | background
            {'input':'a','prompt':{'id':'p'}}                           | prompt
            {'input':'a','truncation':'auto'}                           | truncation
            {'input':'a','tools':[{'type':'web_search'}]}               | tools
            {'input':'a','top_logprobs':2}                              | top_logprobs
            {'input':'a','include':['file_search_call.results']}        | include[0]
            {'input':'a','text':{'format':{'type':'xml'}}}              | text.format
            {'input':'a','text':{'format':{'type':'json_schema'}}}      | text.format
            {'input':'a','n':2}                                         | n
            {'input':'a','max_tokens':2}                                | max_tokens
            {'input':'a','response_format':{'type':'json_object'}}      | response_format
            """)
    void refusesByName(String body, String param) throws Exception {
        HttpResponse<String> response = gateway.post("/v1/responses", body.replace('\'', '"'));

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
        assertThat(error.get("param").asString()).isEqualTo(param);
        assertThat(error.get("message").asString()).startsWith(param);
    }

    private static ResponseCreateParams.Builder params() {
        return ResponseCreateParams.builder().model("loopback");
    }

    private static String text(Response response) {
        return response.output()
                .get(0)
                .asMessage()
                .content()
                .get(0)
                .asOutputText()
                .text();
    }
}

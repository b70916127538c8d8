package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.PromptDescription;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tools, with a model whose template knows them. */
class ToolsTest {

    private static final String TOOL = "{'type':'function','function':{'name':'f'}}";

    @RegisterExtension
    static final GatewayExtension running =
            GatewayExtension.start(stages -> stages.llm.description = stages.llm.description.toBuilder()
                    .setPrompt(PromptDescription.newBuilder()
                            .setOrigin("chat_template.jinja")
                            .setTools(true))
                    .build());

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void reachTheModel() throws Exception {
        HttpResponse<String> response = gateway.chat(Bodies.text("Hm?", "'tools':[" + TOOL + "]"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(stages.llm.starts.take().getConversation().getToolsList()).containsExactly(TOOL.replace('\'', '"'));
    }

    @Test
    void inTheirOlderFormAreTheSame() throws Exception {
        gateway.chat(Bodies.text("Hm?", "'functions':[{'name':'f'}]"));

        assertThat(stages.llm.starts.take().getConversation().getToolsList())
                .containsExactly("{\"type\": \"function\", \"function\": {\"name\":\"f\"}}");
    }

    @Test
    void areLeftOutIfNoneIsToBeCalled() throws Exception {
        gateway.chat(Bodies.text("Hm?", "'tools':[" + TOOL + "],'tool_choice':'none'"));

        assertThat(stages.llm.starts.take().getConversation().getToolsCount()).isZero();
    }

    @Test
    void thatAreRequiredAreTheFormOfTheAnswer() throws Exception {
        String list = "{'type':'function','function':{'name':'list','parameters':{'properties':"
                + "{'next':{'$ref':'#'},'kind':{'$ref':'#/$defs/kind'}},'$defs':{'kind':{'enum':['a']}}}}}";
        gateway.chat(Bodies.text("Hm?", "'tools':[%s,%s],'tool_choice':'required'".formatted(TOOL, list)));

        JsonNode schema = schema();
        assertThat(schema.at("/anyOf/0/properties/name/const").asString()).isEqualTo("f");
        assertThat(schema.at("/anyOf/0/properties/arguments").toString()).isEqualTo("{\"type\":\"object\"}");
        JsonNode arguments = schema.at("/anyOf/1/properties/arguments/properties");
        assertThat(schema.at(arguments.at("/next/$ref").asString().substring(1))
                        .path("type")
                        .asString())
                .isEqualTo("object");
        assertThat(schema.at(arguments.at("/kind/$ref").asString().substring(1))
                        .at("/enum/0")
                        .asString())
                .isEqualTo("a");
    }

    @Test
    void oneOfThemMayBeChosen() throws Exception {
        String choice = "'tool_choice':{'type':'function','function':{'name':'g'}}";
        gateway.chat(Bodies.text("Hm?", "'tools':[%s,%s],%s".formatted(TOOL, TOOL.replace("'f'", "'g'"), choice)));

        JsonNode schema = schema();
        assertThat(schema.path("anyOf")).hasSize(1);
        assertThat(schema.at("/anyOf/0/properties/name/const").asString()).isEqualTo("g");
    }

    private JsonNode schema() throws Exception {
        return JsonMapper.shared().readTree(stages.llm.starts.take().getFormat().getJsonSchema());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'tool_choice':'maybe'                                                   | tool_choice must be auto, none, required or
            'tool_choice':{'type':'function'}                                       | tool_choice must be auto, none, required or
            'tool_choice':{'type':'function','function':{'name':'g'}}               | tool_choice must name one of tools
            'tool_choice':'required','tools':[]                                     | tool_choice needs tools
            'tool_choice':'required','response_format':{'type':'json_object'}       | response_format cannot be used with
            'tool_choice':'required','guided_regex':'a'                             | only one of tool_choice, guided_choice
            'tool_choice':'required','ignore_eos':true                              | ignore_eos cannot be used with
            """)
    void cannotBeChosenOtherwise(String fields, String message) throws Exception {
        String tools = fields.contains("tools") ? "" : ",'tools':[" + TOOL + "]";

        HttpResponse<String> response = gateway.chat(Bodies.text("Hm?", fields + tools));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(message);
    }

    @Test
    void areSaidToBeKnown() throws Exception {
        assertThat(gateway.get("/v1/models").body())
                .contains("\"prompt_format\":\"chat_template.jinja\",\"tools\":true,\"tool_calls\":false");
    }
}

package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.PromptDescription;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tools, with a model whose template knows them. */
class ToolsTest {

    private static final String TOOL = "{'type':'function','function':{'name':'f'}}";

    private LoopbackStages stages;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        stages = new LoopbackStages();
        stages.llm.description = stages.llm.description.toBuilder()
                .setPrompt(PromptDescription.newBuilder()
                        .setOrigin("chat_template.jinja")
                        .setTools(true))
                .build();
        gateway = RunningGateway.start(stages);
    }

    @AfterEach
    void stop() {
        gateway.close();
        stages.close();
    }

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
    void cannotBeForced() throws Exception {
        HttpResponse<String> response =
                gateway.chat(Bodies.text("Hm?", "'tools':[" + TOOL + "],'tool_choice':'required'"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("tool_choice must be auto or none");
    }

    @Test
    void areSaidToBeKnown() throws Exception {
        assertThat(gateway.get("/v1/models").body())
                .contains("\"prompt_format\":\"chat_template.jinja\",\"tools\":true,\"tool_calls\":false");
    }
}

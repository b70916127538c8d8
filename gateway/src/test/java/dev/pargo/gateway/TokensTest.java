package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.loopback.LoopbackStages;
import io.grpc.Status;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The routes for tokens. The loopback LLM has a token for each character. */
class TokensTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void tellsTheTokensOfAText() throws Exception {
        assertThat(ask("/tokenize", "{'prompt':'Hm','add_special_tokens':false,'return_token_strs':true}"))
                .hasToString("{\"count\":2,\"max_model_len\":2048,\"tokens\":[72,109],\"token_strs\":[\"H\",\"m\"]}");
        assertThat(ask("/tokenize", "{'prompt':'Hm'}").get("count").asInt())
                .as("with <s>, in parentheses here")
                .isEqualTo(7);
    }

    @Test
    void tellsTheTokensOfAConversationAsTheModelReadsIt() throws Exception {
        JsonNode tokens = ask("/tokenize", "{'model':'loopback','messages':[{'role':'user','content':'Hm?'}]}");

        assertThat(ask("/detokenize", "{'tokens':%s}".formatted(tokens.get("tokens")))
                        .get("prompt")
                        .asString())
                .isEqualTo("(user)Hm?");
        assertThat(tokens.get("token_strs").isNull()).isTrue();
    }

    @Test
    void anotherLlmAnswersWhereOneIsLost() throws Exception {
        stages.llm.behaviour.failures.add(Status.UNAVAILABLE.asRuntimeException());

        assertThat(ask("/tokenize", "{'prompt':'Hm'}").get("count").asInt()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /tokenize   | {}                                                                | prompt
            /tokenize   | {'prompt':'a','messages':[{'role':'user','content':'b'}]}         | prompt
            /tokenize   | {'prompt':'a','add_generation_prompt':false}                      | add_generation_prompt
            /tokenize   | {'messages':[{'role':'user','content':[{'type':'image_url','image_url':'data:image/png;base64,AA'}]}]} | messages[0].content[0].image_url
            /detokenize | {}                                                                | tokens
            /detokenize | {'tokens':[-1]}                                                   | tokens[0]
            /detokenize | {'tokens':[65,2000000000]}                                        | tokens[1]
            """)
    void refusesByName(String path, String body, String param) throws Exception {
        HttpResponse<String> response = gateway.post(path, body.replace('\'', '"'));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JsonMapper.shared()
                        .readTree(response.body())
                        .at("/error/param")
                        .asString())
                .isEqualTo(param);
    }

    /** Their ids fill more than the largest message that an LLM reads. */
    @Test
    void moreTokensThanTheModelReadsAreRefusedWithTheLimit() throws Exception {
        String many = "2000000000,".repeat(262_143) + "2000000000";

        HttpResponse<String> response = gateway.post("/detokenize", "{\"tokens\":[%s]}".formatted(many));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("tokens has 262144 ids, the limit of the model is 2048");
    }

    private static JsonNode ask(String path, String body) throws Exception {
        HttpResponse<String> response = gateway.post(path, body.replace('\'', '"'));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}

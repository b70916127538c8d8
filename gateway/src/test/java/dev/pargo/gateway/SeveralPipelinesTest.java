package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.GenerateStart;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One gateway with three models: {@code pargo}; {@code house/q-former} with the same encoder, a projector with fewer
 * tokens and another LLM; {@code mixed} with the vision of the first and the LLM of the second.
 */
class SeveralPipelinesTest {

    private static LoopbackStages first;
    private static LoopbackStages second;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        first = new LoopbackStages();
        second = new LoopbackStages();
        second.projector.description = second.projector.description.toBuilder()
                .setIdentity(
                        LoopbackStages.identity("q-former", "p2").toBuilder().setRandomWeights(true))
                .setOutput(LoopbackStages.tensor(144, 4096))
                .build();
        second.llm.description = second.llm.description.toBuilder()
                .setIdentity(LoopbackStages.identity("llama", "l2"))
                .build();
        gateway = RunningGateway.start(
                first,
                Stream.of(
                                LoopbackStages.targets(
                                        1, first.encoderTarget(), second.projectorTarget(), second.llmTarget()),
                                LoopbackStages.targets(
                                        2, first.encoderTarget(), first.projectorTarget(), second.llmTarget()),
                                new String[] {
                                    "--pargo.pipelines[0].name=pargo",
                                    "--pargo.pipelines[1].name=house/q-former",
                                    "--pargo.pipelines[1].prompt-template=Look: <ImageHere> Q: {question} A:",
                                    "--pargo.pipelines[1].defaults.max-tokens=33",
                                    "--pargo.pipelines[1].defaults.temperature=0.5",
                                    "--pargo.pipelines[1].defaults.top-p=0.25",
                                    "--pargo.pipelines[1].defaults.top-k=9",
                                    "--pargo.pipelines[1].defaults.min-p=0.125",
                                    "--pargo.pipelines[1].defaults.repetition-penalty=1.5",
                                    "--pargo.pipelines[2].name=mixed"
                                })
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        await().until(() -> models().path("data")
                .valueStream()
                .allMatch(model -> model.get("ready").booleanValue()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        first.close();
        second.close();
    }

    @BeforeEach
    void reset() {
        first.reset();
        second.reset();
    }

    @Test
    void theModelPicksThePipeline() throws Exception {
        assertThat(ask("pargo", Bodies.image(7, "Hm?")).body())
                .contains("[7 x " + 304 * 4096 * 4 + "]", "\"model\":\"pargo\"");
        assertThat(first.llm.starts).hasSize(1);
        assertThat(second.llm.starts).isEmpty();

        assertThat(ask("house/q-former", Bodies.image(8, "Hm?")).body())
                .contains("[8 x " + 144 * 4096 * 4 + "]", "\"model\":\"house/q-former\"");
        assertThat(first.encoder.behaviour.calls).as("shared").hasValue(2);
        assertThat(second.encoder.behaviour.calls).hasValue(0);
        assertThat(second.projector.behaviour.calls).hasValue(1);
        assertThat(first.llm.starts).hasSize(1);
        assertThat(second.llm.starts).hasSize(1);
    }

    @Test
    void namesTheModelsThereAre() throws Exception {
        HttpResponse<String> response = ask("gpt-9", Bodies.text("Hm?"));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("available: pargo, house/q-former, mixed");
    }

    @Test
    void listsWhatTheModelsAreMadeOf() throws Exception {
        List<JsonNode> models = models().get("data").valueStream().toList();

        assertThat(models)
                .extracting(model -> model.get("id").asString())
                .containsExactly("pargo", "house/q-former", "mixed");
        assertThat(models)
                .extracting(model -> model.at("/pargo/encoder/fingerprint").asString())
                .containsExactly("e1", "e1", "e1");
        assertThat(models)
                .extracting(model -> model.at("/pargo/projector/network").asString())
                .containsExactly("pargo", "q-former", "pargo");
        assertThat(models)
                .extracting(model -> model.at("/pargo/projector/random_weights").asBoolean())
                .containsExactly(false, true, false);
        assertThat(models)
                .extracting(model -> model.at("/pargo/llm/network").asString())
                .containsExactly("internlm2", "llama", "llama");
        assertThat(models)
                .extracting(model -> model.at("/pargo/visual_tokens").asInt())
                .containsExactly(304, 144, 304);
        assertThat(get("/v1/models/house/q-former").body()).contains("\"id\":\"house/q-former\"");
    }

    @Test
    void pipelinesWithTheSameVisionShareWhatItHasSeen() throws Exception {
        String body = Bodies.image(7, "Hm?");

        assertThat(ask("pargo", body).body()).contains("\"cached_images\":0");
        assertThat(ask("mixed", body).body()).contains("\"cached_images\":1", "[7 x " + 304 * 4096 * 4 + "]");
        assertThat(ask("house/q-former", body).body()).contains("\"cached_images\":0", "[7 x " + 144 * 4096 * 4 + "]");
        assertThat(first.projector.behaviour.calls).hasValue(1);
    }

    @Test
    void aPipelineMayHaveATemplateAndDefaultsOfItsOwn() throws Exception {
        ask("house/q-former", Bodies.text("Hm?"));

        GenerateStart start = second.llm.starts.remove();
        assertThat(start.getConversation().getTurnTemplate()).isEqualTo("Look: <ImageHere> Q: {question} A:");
        assertThat(start.getMaxTokens()).isEqualTo(33);
        assertThat(start.getSampling().getTemperature()).isEqualTo(0.5f);
        assertThat(start.getSampling().getTopP()).isEqualTo(0.25f);
        assertThat(start.getSampling().getTopK()).isEqualTo(9);
        assertThat(start.getSampling().getMinP()).isEqualTo(0.125f);
        assertThat(start.getSampling().getRepetitionPenalty()).isEqualTo(1.5f);

        ask("mixed", Bodies.text("Hm?"));
        GenerateStart plain = second.llm.starts.remove();
        assertThat(plain.getMaxTokens()).isZero();
        assertThat(plain.getSampling().getTemperature()).isZero();
        assertThat(plain.getConversation().getTurnTemplate()).isEmpty();
    }

    @Test
    void aRequestOverridesThePipelinesDefaults() throws Exception {
        ask("house/q-former", Bodies.text("Hm?", "'max_tokens':5,'temperature':0,'top_k':0,'repetition_penalty':1"));

        GenerateStart start = second.llm.starts.remove();
        assertThat(start.getMaxTokens()).isEqualTo(5);
        assertThat(start.getSampling().getTemperature()).isZero();
        assertThat(start.getSampling().getTopK()).isZero();
        assertThat(start.getSampling().getRepetitionPenalty()).isEqualTo(1);
        assertThat(start.getSampling().getTopP()).isEqualTo(0.25f);
    }

    @Test
    void defaultsForSamplingDoNotHinderBeamSearch() throws Exception {
        assertThat(ask("house/q-former", Bodies.text("Hm?", "'num_beams':4")).statusCode())
                .isEqualTo(200);

        GenerateStart start = second.llm.starts.remove();
        assertThat(start.getBeamSearch().getBeams()).isEqualTo(4);
        assertThat(start.getMaxTokens()).isEqualTo(33);
    }

    @Test
    void aBrokenPipelineLeavesTheOthersAlone() throws Exception {
        second.stopLlm();
        await().until(() -> !models().at("/data/1/ready").booleanValue());

        assertThat(ask("pargo", Bodies.image(7, "Hm?")).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = ask("house/q-former", Bodies.text("Hm?"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("The model is not ready: the LLM cannot be reached");
        assertThat(gateway.readiness().statusCode()).isEqualTo(200);
        assertThat(gateway.readiness().body())
                .contains("\"pargo\":\"ready\"", "\"house/q-former\":\"not ready: the LLM cannot be reached");
        assertThat(models().at("/data/0/ready").booleanValue()).isTrue();

        second.startLlm();
        await().until(() -> models().at("/data/1/ready").booleanValue());
        assertThat(ask("house/q-former", Bodies.text("Hm?")).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> ask(String model, String body) throws Exception {
        return gateway.chat(body.replace("\"loopback\"", "\"" + model + "\""));
    }

    private static JsonNode models() throws Exception {
        return JsonMapper.shared().readTree(get("/v1/models").body());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return gateway.send(HttpRequest.newBuilder(gateway.uri(path)).build());
    }
}

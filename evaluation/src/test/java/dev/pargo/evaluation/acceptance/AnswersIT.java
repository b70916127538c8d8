package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(SharedStack.class)
class AnswersIT {

    private RunningStack stack;
    private GatewayClient gateway;

    @BeforeEach
    void connect(RunningStack running) {
        stack = running;
        gateway = new GatewayClient(running.url());
    }

    static List<KnownAnswer> examples() throws IOException {
        return KnownAnswer.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void answersTheBundlesExamplesExactly(KnownAnswer example) throws IOException {
        Reply reply = gateway.complete(Chat.of(example));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.answer()).isEqualTo(example.answer());
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        JsonNode usage = reply.json().path("usage");
        assertThat(usage.path("visual_tokens").asInt()).isEqualTo(80);
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(example.promptTokens());
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(example.answerTokens());
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(example.promptTokens() + example.answerTokens());
    }

    static List<KnownAnswer> examplesWithBeams() throws IOException {
        return KnownAnswer.all().stream()
                .filter(example -> example.beamAnswer() != null)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examplesWithBeams")
    void searchesBeamsAsTheExamplesDid(KnownAnswer example) throws IOException {
        Reply reply = gateway.complete(Chat.of(example).put("num_beams", 4).put("length_penalty", 1));

        assertThat(reply.answer()).isEqualTo(example.beamAnswer());
    }

    @Test
    void continuesWhatTheAssistantHasBegun() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode begun = Chat.of(example).put("logprobs", true);
        begun.withArray("messages").addObject().put("role", "assistant").put("content", "A");

        Reply reply = gateway.complete(begun);

        assertThat("A" + reply.answer()).isEqualTo(example.answer());
        assertThat(reply.json()
                        .at("/choices/0/logprobs/content")
                        .valueStream()
                        .map(token -> token.path("token").asString())
                        .collect(Collectors.joining()))
                .isEqualTo(reply.answer());
    }

    @Test
    void continuesATextWithTheSpaceBetween() {
        String prompt = "A gray crescent at the top left, a";

        String rest = completion("{'prompt':'%s','max_tokens':4}", prompt);

        assertThat(rest).startsWith(" ");
        assertThat(completion("{'prompt':'%s','max_tokens':4,'echo':true}", prompt))
                .isEqualTo(prompt + rest);
        assertThat(completion("{'prompt':'%s','guided_choice':['red','blue']}", prompt))
                .isIn("red", "blue");
    }

    private String completion(String body, String prompt) {
        return gateway.send(gateway.request("/v1/completions")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                body.formatted(prompt).replace('\'', '"')))
                        .build())
                .json()
                .at("/choices/0/text")
                .asString();
    }

    @Test
    void writesExactlySoManyTokensForBenchmarks() throws IOException {
        Reply reply = gateway.complete(
                Chat.of(KnownAnswer.all().get(0)).put("ignore_eos", true).put("max_tokens", 150));

        assertThat(reply.json().at("/usage/completion_tokens").asInt()).isEqualTo(150);
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("length");
    }

    @Test
    void tellsWhereTheTimeWent() throws IOException {
        JsonNode timings =
                gateway.complete(Chat.of(KnownAnswer.all().get(0))).json().path("timings");

        double queue = timings.path("queue_ms").asDouble();
        double encode = timings.path("encode_ms").asDouble();
        double project = timings.path("project_ms").asDouble();
        double firstToken = timings.path("time_to_first_token_ms").asDouble();
        double decode = timings.path("decode_ms").asDouble();
        double total = timings.path("total_ms").asDouble();
        double network = timings.path("network_ms").asDouble();
        assertThat(encode).isPositive();
        assertThat(project).isPositive();
        assertThat(queue).isPositive();
        assertThat(firstToken).isGreaterThan(queue + encode + project);
        assertThat(decode).isPositive();
        assertThat(total).isGreaterThanOrEqualTo(firstToken + decode - 0.01);
        assertThat(network).isPositive().isLessThan(total);
    }

    @Test
    void doesNotLookAtAPictureTwice() throws IOException {
        ObjectNode question = Chat.of(KnownAnswer.all().get(0));

        JsonNode first = gateway.complete(question).json();
        JsonNode second = gateway.complete(question).json();

        assertThat(second.at("/choices/0/message")).isEqualTo(first.at("/choices/0/message"));
        assertThat(first.at("/usage/prompt_tokens_details/cached_images").asInt())
                .isZero();
        assertThat(second.at("/usage/prompt_tokens_details/cached_images").asInt())
                .isEqualTo(1);
        assertThat(second.at("/timings/encode_ms").asDouble()).isZero();
        assertThat(second.at("/timings/project_ms").asDouble()).isZero();
    }

    @Test
    void stopsAtTheTokenLimit() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        Reply reply = gateway.complete(Chat.of(example).put("max_tokens", 5));

        assertThat(example.answer()).startsWith(reply.answer());
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(reply.json().at("/usage/completion_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void stopsAtAStopString() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        Reply reply = gateway.complete(Chat.of(example).put("stop", "left,"));

        assertThat(reply.answer())
                .isEqualTo(example.answer().substring(0, example.answer().indexOf("left,")));
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void textSkipsEncoderAndProjector() throws IOException {
        double encoded = passes(ServiceKind.ENCODER);
        double projected = passes(ServiceKind.PROJECTOR);

        Reply reply = gateway.complete(Chat.text("What does the text say?"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.answer()).isNotBlank();
        assertThat(reply.json().at("/usage/visual_tokens").asInt()).isZero();
        assertThat(reply.json().at("/timings/encode_ms").asDouble()).isZero();
        assertThat(passes(ServiceKind.ENCODER)).isEqualTo(encoded);
        assertThat(passes(ServiceKind.PROJECTOR)).isEqualTo(projected);
    }

    @Test
    void knownPictureSkipsEncoderAndProjector() throws IOException {
        ObjectNode question = Chat.of(KnownAnswer.all().get(0));
        Reply first = gateway.complete(question);
        double encoded = passes(ServiceKind.ENCODER);

        Reply second = gateway.complete(question);

        assertThat(second.answer()).isEqualTo(first.answer());
        assertThat(cachedImages(first)).isZero();
        assertThat(cachedImages(second)).isEqualTo(1);
        assertThat(passes(ServiceKind.ENCODER)).isEqualTo(encoded);
    }

    @Test
    void conversationsAtOnceDoNotMix() throws IOException {
        Map<KnownAnswer, CompletableFuture<Reply>> replies = new LinkedHashMap<>();
        for (KnownAnswer example : KnownAnswer.all()) {
            replies.put(example, gateway.completeLater(Chat.of(example)));
        }

        replies.forEach((example, reply) ->
                assertThat(reply.join().answer()).as(example.toString()).isEqualTo(example.answer()));
    }

    @Test
    void markersInAQuestionAreText() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);

        Reply reply = gateway.complete(Chat.text("<ImageHere></s><s>" + example.question()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().at("/usage/visual_tokens").asInt()).isZero();
    }

    @Test
    void listsTheModelAndItsParts() {
        JsonNode model = gateway.get("/v1/models").json().at("/data/0");

        assertThat(model.path("id").asString()).isEqualTo("pargo-mini");
        assertThat(model.path("object").asString()).isEqualTo("model");
        assertThat(model.path("ready").asBoolean()).isTrue();
        assertThat(model.at("/pargo/encoder/network").asString()).isEqualTo("eva02-clip");
        assertThat(model.at("/pargo/projector/network").asString()).isEqualTo("pargo");
        assertThat(model.at("/pargo/llm/network").asString()).isEqualTo("internlm2");
        assertThat(model.at("/pargo/visual_tokens").asInt()).isEqualTo(80);
    }

    private static int cachedImages(Reply reply) {
        return reply.json().at("/usage/prompt_tokens_details/cached_images").asInt();
    }

    private double passes(ServiceKind stage) throws IOException {
        return stack.service(stage).metric("pargo.stage.requests");
    }
}

package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.vllm.ScriptedVllm;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.stage.device.DeviceExecutor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.BlockingClientCall;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** The whole service with a vLLM server behind it, whose answers are written here. */
@TestPropertySource(properties = "pargo.llm.backend=vllm")
class VllmBackendTest extends RunningLlmService {

    private static final int EOS = 2;
    private static final int FIVE = 733;
    private static final int A = 263;

    private static final ScriptedVllm VLLM = start();

    @Autowired
    private ObjectProvider<DeviceExecutor> device;

    @Autowired
    private MeterRegistry meters;

    private static ScriptedVllm start() {
        try {
            return new ScriptedVllm();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("pargo.llm.vllm.url", VLLM::url);
    }

    @BeforeEach
    void nothingIsLeftOfOtherTests() {
        VLLM.clear();
    }

    @Test
    void theServiceDescribesWhatItCannotDoAndHasNoDevice() {
        assertThat(description.hasCapabilities()).isTrue();
        assertThat(description.getCapabilities().getBeamSearch()).isFalse();
        assertThat(description.getCapabilities().getVisualAttention()).isFalse();
        assertThat(description.getCapabilities().getRepetitionPenaltyWithPictures())
                .isFalse();
        assertThat(description.getIdentity().getDevice()).startsWith("vLLM 0.32.0 at http://127.0.0.1:");
        assertThat(device.getIfAvailable()).isNull();
    }

    @Test
    void anAnswerIsMadeOfTheTokensThatArrive() throws Exception {
        List<Integer> ids = ids(golden().at("/entries/0/greedy_token_ids"));
        VLLM.next(answer -> answer.all("stop", ids));

        Answer answer =
                ask(question("Please describe the image.").addVisualTokens(80).build(), visual("image1."));

        assertThat(answer.text())
                .isEqualTo(golden().at("/entries/0/greedy_text").asString());
        assertThat(answer.ids()).isEqualTo(ids);
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.finished().getCompletionTokens()).isEqualTo(ids.size());
        assertThat(answer.finished().getCachedTokens()).isEqualTo(64);
    }

    @Test
    void aPromptWithAPictureIsSentAsItsRows() throws Exception {
        VLLM.next(answer -> answer.all("length", List.of(FIVE)));

        Answer answer = ask(question("What?").addVisualTokens(80).build(), visual("image1."));

        JsonNode request = VLLM.request();
        assertThat(request.has("prompt")).isFalse();
        ByteBuffer rows = elements(request.path("prompt_embeds").asString());
        int tokens = answer.first().getQueued().getPromptTokens();
        assertThat(rows.remaining()).isEqualTo(tokens * 256 * Float.BYTES);
        // The picture lies in the prompt as it came.
        byte[] picture = new byte[80 * 256 * Float.BYTES];
        visual("image1.").data().duplicate().get(picture);
        assertThat(rows.array()).containsSequence(picture);
    }

    @Test
    void aTextIsSentAsItsTokens() throws Exception {
        VLLM.next(answer -> answer.all("length", List.of(FIVE)));

        ask(text("Five").setMaxTokens(1).build());

        JsonNode request = VLLM.request();
        assertThat(request.has("prompt_embeds")).isFalse();
        assertThat(request.path("prompt").valueStream().map(JsonNode::asInt))
                .startsWith(1)
                .hasSizeGreaterThan(1);
    }

    @Test
    void everyParameterIsSentInTheWordsOfVllm() throws Exception {
        VLLM.next(answer -> answer.all("length", List.of(FIVE)));

        ask(text("Five")
                .setSampling(Sampling.newBuilder()
                        .setTemperature(0.5f)
                        .setTopK(7)
                        .setTopP(0.75f)
                        .setMinP(0.25f)
                        .setSeed(11)
                        .setRepetitionPenalty(1.5f)
                        .setPresencePenalty(0.5f)
                        .setFrequencyPenalty(-0.5f)
                        .putLogitBias(5, -100))
                .setMinTokens(1)
                .setMaxTokens(9)
                .addStopTokenIds(17)
                .addStop("never")
                .setCacheSalt("salt")
                .build());

        JsonNode request = VLLM.request();
        assertThat(request.path("model").asString()).isEqualTo(ScriptedVllm.MODEL);
        assertThat(request.path("stream").asBoolean()).isTrue();
        assertThat(request.path("return_token_ids").asBoolean()).isTrue();
        assertThat(request.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(request.path("top_k").asInt()).isEqualTo(7);
        assertThat(request.path("top_p").asDouble()).isEqualTo(0.75);
        assertThat(request.path("min_p").asDouble()).isEqualTo(0.25);
        assertThat(request.path("seed").asLong()).isEqualTo(11);
        assertThat(request.path("repetition_penalty").asDouble()).isEqualTo(1.5);
        assertThat(request.path("presence_penalty").asDouble()).isEqualTo(0.5);
        assertThat(request.path("frequency_penalty").asDouble()).isEqualTo(-0.5);
        assertThat(request.path("logit_bias").path("5").asDouble()).isEqualTo(-100);
        assertThat(request.path("min_tokens").asInt()).isEqualTo(1);
        assertThat(request.path("max_tokens").asInt()).isEqualTo(9);
        assertThat(request.path("ignore_eos").asBoolean()).isTrue();
        assertThat(request.path("stop_token_ids").valueStream().map(JsonNode::asInt))
                .containsExactly(EOS, 17);
        assertThat(request.has("stop")).isFalse();
        assertThat(request.path("cache_salt").asString()).hasSize(64);
    }

    @Test
    void theAnswersOfARequestAreRequestsWithSeedsOfTheirOwn() throws Exception {
        VLLM.next(answer -> answer.all("stop", List.of(FIVE, EOS)));
        VLLM.next(answer -> answer.all("stop", List.of(A, A, EOS)));

        BlockingClientCall<GenerateRequest, GenerateResponse> call = send(text("Five")
                .setSampling(Sampling.newBuilder().setTemperature(1).setSeed(5))
                .setChoices(2)
                .build());

        List<Integer> complete = new ArrayList<>();
        int tokens = 0;
        GenerateResponse next = call.read();
        while (!next.hasFinished()) {
            if (next.getDelta().getFinishReason() == FinishReason.STOP) {
                complete.add(next.getDelta().getChoice());
            }
            tokens += next.getDelta().getTokenIdsCount();
            next = call.read();
        }
        assertThat(complete).containsExactlyInAnyOrder(0, 1);
        assertThat(tokens).isEqualTo(5);
        assertThat(next.getFinished().getCompletionTokens()).isEqualTo(5);
        assertThat(List.of(
                        VLLM.request().path("seed").asInt(),
                        VLLM.request().path("seed").asInt()))
                .containsExactlyInAnyOrder(5, 6);
    }

    @Test
    void tokensArePassedOnAsTheyArrive() throws Exception {
        CountDownLatch firstWasRead = new CountDownLatch(1);
        VLLM.next(answer -> {
            answer.tokens(null, FIVE);
            firstWasRead.await(10, TimeUnit.SECONDS);
            answer.tokens("length", A);
            answer.done();
        });

        BlockingClientCall<GenerateRequest, GenerateResponse> call =
                send(text("Five").build());

        assertThat(call.read().hasQueued()).isTrue();
        assertThat(call.read().hasStarted()).isTrue();
        assertThat(call.read().getDelta().getTokenIdsList()).containsExactly(FIVE);
        firstWasRead.countDown();
        assertThat(call.read().getDelta().getTokenIdsList()).containsExactly(A);
        assertThat(call.read().hasFinished()).isTrue();
    }

    @Test
    void logProbabilitiesNameTheBestTokensBestFirst() throws Exception {
        VLLM.next(answer -> {
            answer.event("""
                    {"choices":[{"index":0,"text":" A","logprobs":{"text_offset":[0],"token_logprobs":[-2.5],\
                    "tokens":["token_id:263"],"top_logprobs":[{"token_id:263":-2.5,"token_id:733":-0.25,\
                    "token_id:518":-1.5}]},"finish_reason":"length","token_ids":[263]}]}""");
            answer.done();
        });

        BlockingClientCall<GenerateRequest, GenerateResponse> call =
                send(text("Five").setTopLogprobs(2).build());
        call.read();
        call.read();
        TokenLogprobs logprobs = call.read().getDelta().getLogprobs(0);

        assertThat(logprobs.getChosen().getTokenId()).isEqualTo(A);
        assertThat(logprobs.getChosen().getLogprob()).isCloseTo(-2.5f, within(1e-6f));
        assertThat(logprobs.getTopList().stream().map(top -> top.getTokenId())).containsExactly(FIVE, 518);
        assertThat(call.read().hasFinished()).isTrue();
        assertThat(VLLM.request().path("logprobs").asInt()).isEqualTo(2);
    }

    @Test
    void aStopStringEndsTheAnswerAndTheServersWork() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        VLLM.next(answer -> answer.untilClosed(FIVE, closed));

        Answer answer = ask(text("Five").addStop("ve Five").build());

        assertThat(answer.text()).isEqualTo(" Fi");
        assertThat(answer.ids()).containsExactly(FIVE, FIVE);
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClientThatGoesAwayEndsTheServersWork() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        VLLM.next(answer -> answer.untilClosed(FIVE, closed));

        BlockingClientCall<GenerateRequest, GenerateResponse> call =
                send(text("Five").build());
        call.read();
        call.read();
        call.read();
        call.cancel("gone", null);

        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theDeadlineEndsTheServersWork() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        VLLM.next(answer -> answer.untilClosed(FIVE, closed));

        BlockingClientCall<GenerateRequest, GenerateResponse> call =
                stub.withDeadlineAfter(Duration.ofMillis(600)).generate();
        write(call, text("Five").setMaxTokens(400).build());

        assertThatThrownBy(() -> readAll(call))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        end -> assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aConnectionThatBreaksInTheMiddleIsALostServer() throws Exception {
        VLLM.next(answer -> answer.tokens(null, FIVE));

        assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
    }

    @Test
    void aServerThatFailsIsALostServer() throws Exception {
        VLLM.next(answer -> answer.refuse(503, "{\"error\":{\"message\":\"overloaded\",\"code\":503}}"));

        assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
    }

    @Test
    void somethingThatIsNoEventEndsTheRequest() throws Exception {
        VLLM.next(answer -> {
            answer.tokens(null, FIVE);
            answer.event("{\"choices\":[{");
            answer.tokens("stop", EOS);
        });

        assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
    }

    @Test
    void anEndlessLineEndsTheRequest() throws Exception {
        VLLM.next(answer -> {
            String piece = "x".repeat(64 << 10);
            for (int i = 0; i < 64; i++) {
                answer.raw(piece);
            }
        });

        assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
    }

    @Test
    void aFormatIsSentAsStructuredOutput() throws Exception {
        VLLM.next(answer -> answer.all("stop", List.of(113, 951, EOS)));

        Answer answer = ask(text("Yes or no?")
                .setFormat(AnswerFormat.newBuilder()
                        .setOneOf(AnswerFormat.Choices.newBuilder()
                                .addStrings("yes")
                                .addStrings("no")))
                .build());

        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        assertThat(VLLM.request().at("/structured_outputs/choice").valueStream().map(JsonNode::asString))
                .containsExactly("yes", "no");
    }

    @Test
    void aFormatThatTheServerRefusesIsTheClientsMistake() throws Exception {
        VLLM.next(
                answer -> answer.event(
                        "{\"error\": {\"message\": \"Grammar error: at 1(8)\", \"type\": \"BadRequestError\", \"param\": null, \"code\": 400}}"));

        StageError error = failure(text("Five")
                .setFormat(AnswerFormat.newBuilder().setRegex("[0-9]+"))
                .build());

        assertThat(error.reason()).isEqualTo(ErrorReason.INVALID_FIELD);
        assertThat(error.message()).isEqualTo("format is not supported by the server of the language model");
        assertThat(VLLM.request().at("/structured_outputs/regex").asString()).isEqualTo("[0-9]+");
    }

    @Test
    void whatTheServerCannotDoIsRefusedByName() throws Exception {
        StageError beams = failure(
                text("Five").setBeamSearch(BeamSearch.newBuilder().setBeams(2)).build());
        StageError attention = failure(text("Five").setVisualAttention(true).build());
        StageError penalty = failure(question("What?")
                .addVisualTokens(80)
                .setSampling(Sampling.newBuilder().setRepetitionPenalty(1.5f))
                .build());

        assertThat(List.of(beams.reason(), attention.reason(), penalty.reason()))
                .containsOnly(ErrorReason.INVALID_FIELD);
        assertThat(beams.message()).startsWith("beam_search is set, but must be absent");
        assertThat(attention.message()).startsWith("visual_attention is set, but must be absent");
        assertThat(penalty.message()).startsWith("repetition_penalty is 1.5, but must be 1 with pictures");
        assertThat(VLLM.requests.size()).isZero();
    }

    @Test
    void theServersHealthIsThatOfTheService() throws Exception {
        assertThat(health()).isEqualTo(ServingStatus.SERVING);
        VLLM.healthy = false;
        try {
            await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING));
            assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
            assertThat(VLLM.requests.size()).isZero();
        } finally {
            VLLM.healthy = true;
        }
        await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.SERVING));
        VLLM.next(answer -> answer.all("length", List.of(FIVE)));
        assertThat(ask(text("Five").build()).ids()).containsExactly(FIVE);
    }

    @Test
    void answersOfAServerThatHangsAreGivenUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        VLLM.next(answer -> {
            answer.tokens(null, FIVE);
            never.await(60, TimeUnit.SECONDS);
        });
        VLLM.silent = true;
        try {
            assertThat(failure(text("Five").build()).reason()).isEqualTo(ErrorReason.NETWORK_LOST);
        } finally {
            VLLM.silent = false;
            never.countDown();
        }
        await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.SERVING));
    }

    @Test
    void theServersLoadIsThatOfTheService() {
        VLLM.metrics = """
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{engine="0",model_name="mini"} 3.0
                vllm:num_requests_running{engine="1",model_name="mini"} 2.0
                vllm:num_requests_waiting{engine="0",model_name="mini"} 7.0
                vllm:num_requests_waiting_by_reason{engine="0",model_name="mini",reason="capacity"} 7.0
                vllm:kv_cache_usage_perc{engine="0",model_name="mini"} 0.5
                vllm:kv_cache_usage_perc{engine="1",model_name="mini"} 1.0
                """;
        try {
            await().untilAsserted(() ->
                    assertThat(gauge("pargo.llm.requests.running")).isEqualTo(5));
            assertThat(gauge("pargo.llm.requests.waiting")).isEqualTo(7);
            assertThat(gauge("pargo.llm.kv.utilization")).isEqualTo(0.75);
        } finally {
            VLLM.metrics = "";
        }
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    @Test
    void aServerThatIsReplacedByOneWithAnotherModelIsNotUsed() throws Exception {
        VLLM.context = 256;
        try {
            await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING));
        } finally {
            VLLM.context = 512;
        }
        await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.SERVING));
    }

    private ServingStatus health() throws StatusException {
        return HealthGrpc.newBlockingV2Stub(stub.getChannel())
                .withDeadlineAfter(Duration.ofSeconds(5))
                .check(HealthCheckRequest.newBuilder()
                        .setService("pargo.v1.Llm")
                        .build())
                .getStatus();
    }

    private BlockingClientCall<GenerateRequest, GenerateResponse> send(GenerateStart start) throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        write(call, start);
        return call;
    }

    private static void write(BlockingClientCall<GenerateRequest, GenerateResponse> call, GenerateStart start)
            throws Exception {
        call.write(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
        call.halfClose();
    }

    private static void readAll(BlockingClientCall<GenerateRequest, GenerateResponse> call) throws Exception {
        while (call.read() != null) {
            // Until the end, which throws.
        }
    }

    private StageError failure(GenerateStart start) throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        try {
            write(call, start);
            readAll(call);
        } catch (StatusException end) {
            return StageError.of(end).orElseThrow();
        }
        throw new AssertionError("it was answered");
    }

    /** The elements of a tensor in base64, as {@code torch.save} writes it. */
    private static ByteBuffer elements(String base64) throws IOException {
        try (ZipInputStream zip =
                new ZipInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(base64)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals("archive/data/0")) {
                    return ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
                }
            }
        }
        throw new AssertionError("no elements");
    }
}

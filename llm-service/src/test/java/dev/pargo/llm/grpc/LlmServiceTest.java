package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.LlmServiceApplication;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service with pargo-mini, over loopback. */
@SpringBootTest(
        classes = LlmServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "spring.grpc.server.port=0",
            "pargo.stage.model=../bundle/pargo-mini",
            "pargo.stage.admission.max-requests=12",
            "pargo.llm.sequences=4",
        })
class LlmServiceTest {

    private static final Path BUNDLE = Path.of("../bundle/pargo-mini");

    @Autowired
    private GrpcServerLifecycle server;

    @Autowired
    private LlmHost host;

    private ManagedChannel channel;
    private LlmGrpc.LlmBlockingV2Stub stub;
    private LlmDescription description;

    @BeforeEach
    void connect() throws StatusException {
        channel = ManagedChannelBuilder.forAddress("localhost", server.getPort())
                .usePlaintext()
                .build();
        stub = LlmGrpc.newBlockingV2Stub(channel);
        description = stub.withDeadlineAfter(Duration.ofSeconds(5)).describe(DescribeRequest.getDefaultInstance());
    }

    @AfterEach
    void everyPlaceIsGivenBack() {
        await().untilAsserted(() -> assertThat(host.admission().requests()).isZero());
        assertThat(host.admission().bytes()).isZero();
        channel.shutdownNow();
    }

    private record Answer(
            String text, List<Integer> ids, GenerateResponse first, FinishReason reason, GenerationFinished finished) {}

    @Test
    void describesItself() {
        assertThat(description.getIdentity().getBundle()).isEqualTo("pargo-mini");
        assertThat(description.getIdentity().getNetwork()).isEqualTo("internlm2");
        assertThat(description.getIdentity().getFingerprint()).hasSize(16);
        assertThat(description.getVisualInput().getWidth()).isEqualTo(256);
        assertThat(description.getContextTokens()).isEqualTo(512);
        assertThat(description.getPrompt().getTemplate()).contains("<ImageHere>");
    }

    @Test
    void answersAboutVisualTokensAsTheReference() throws Exception {
        for (JsonNode entry : golden().get("entries")) {
            String prefix = entry.get("prefix").asString();
            GenerateStart start = question(entry.get("question").asString())
                    .addVisualTokens(80)
                    .build();
            Answer answer = ask(start, visual(prefix));
            assertThat(answer.ids()).isEqualTo(ids(entry.get("greedy_token_ids")));
            assertThat(answer.text()).isEqualTo(entry.get("greedy_text").asString());
            assertThat(answer.first().getStarted().getPromptTokens())
                    .isEqualTo(entry.get("sequence_length").asInt());
            assertThat(answer.first().getStarted().getVisualTokens()).isEqualTo(80);
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.finished().getCompletionTokens())
                    .isEqualTo(answer.ids().size());
        }
    }

    @Test
    void concurrentConversationsDoNotMix() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        List<JsonNode> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            JsonNode entry = golden().get("entries").get(i % 2);
            entries.add(entry);
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return ask(
                            question(entry.get("question").asString())
                                    .addVisualTokens(80)
                                    .build(),
                            visual(entry.get("prefix").asString()));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS).text())
                    .isEqualTo(entries.get(i).get("greedy_text").asString());
        }
    }

    @Test
    void stopsBeforeAStopString() throws Exception {
        Answer answer = ask(
                question("Please describe the image.")
                        .addVisualTokens(80)
                        .addStop("pink")
                        .build(),
                visual("image1."));
        assertThat(answer.text()).isEqualTo("A gray crescent at the top left, a ");
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void endsAtTheLimitOfTokens() throws Exception {
        Answer answer = ask(
                question("Please describe the image.")
                        .addVisualTokens(80)
                        .setMaxTokens(3)
                        .build(),
                visual("image1."));
        assertThat(answer.ids()).hasSize(3);
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void endsWhereTheContextEnds() throws Exception {
        String longText = "red ".repeat(480);
        Answer answer = ask(text(longText).setMaxTokens(500).build());
        assertThat(answer.first().getStarted().getPromptTokens()
                        + answer.finished().getCompletionTokens())
                .isLessThanOrEqualTo(512);
    }

    @Test
    void theSameSeedGivesTheSameAnswerAlsoBesideOthers() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ")
                .setMaxTokens(24)
                .setSampling(Sampling.newBuilder().setTemperature(2).setSeed(7));
        Answer alone = ask(start.build());
        List<CompletableFuture<Answer>> together = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return ask(start.setSampling(
                                        Sampling.newBuilder().setTemperature(2).setSeed(i == 0 ? 7 : 100 + i))
                                .build());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        assertThat(together.get(0).get(30, TimeUnit.SECONDS).ids()).isEqualTo(alone.ids());
        assertThat(together.get(1).get().ids())
                .isNotEqualTo(together.get(2).get().ids());
    }

    @Test
    void theMostProbableTokenAloneIsGreedy() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ").setMaxTokens(12);
        Answer greedy = ask(start.build());
        Answer topOne = ask(start.setSampling(
                        Sampling.newBuilder().setTemperature(1).setTopK(1).setSeed(3))
                .build());
        Answer tinyNucleus = ask(start.setSampling(
                        Sampling.newBuilder().setTemperature(1).setTopP(1e-6f).setSeed(3))
                .build());
        assertThat(topOne.ids()).isEqualTo(greedy.ids());
        assertThat(tinyNucleus.ids()).isEqualTo(greedy.ids());
    }

    @Test
    void refusesAPromptThatIsTooLong() {
        assertRefused(ErrorReason.PROMPT_TOO_LONG, text("red ".repeat(2000)).build(), "the limit is 511");
    }

    @Test
    void refusesAControlTokenThatTheModelLacks() {
        GenerateStart start = GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<|im_start|>"))
                .build();
        assertRefused(ErrorReason.UNKNOWN_CONTROL_TOKEN, start, "<|im_start|>");
    }

    @Test
    void refusesSamplingOutOfRange() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x").setSampling(Sampling.newBuilder().setTopP(1.5f)).build(),
                "top_p is 1.5");
    }

    @Test
    void refusesWhatWouldBreakABatch() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().putLogitBias(1024, 1))
                        .build(),
                "logit_bias is for token 1024");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().putLogitBias(7, Float.NaN))
                        .build(),
                "logit_bias[7] is NaN");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().setTemperature(Float.POSITIVE_INFINITY))
                        .build(),
                "temperature is Infinity");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().setFrequencyPenalty(Float.NEGATIVE_INFINITY))
                        .build(),
                "frequency_penalty is -Infinity");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").addStopTokenIds(-1).build(), "stop_token_ids is with -1");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setChoices(5).build(), "choices is 5");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setTopLogprobs(21).build(), "top_logprobs is 21");
    }

    @Test
    void refusesWhatBeamSearchDoesNotDo() {
        GenerateStart.Builder beams =
                text("x").setBeamSearch(BeamSearch.newBuilder().setBeams(2).setLengthPenalty(1));
        assertRefused(ErrorReason.INVALID_FIELD, beams.clone().setMinTokens(3).build(), "min_tokens is 3");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                beams.clone()
                        .setSampling(Sampling.newBuilder().setPresencePenalty(1))
                        .build(),
                "absent with beam search");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                beams.clone()
                        .setFormat(AnswerFormat.newBuilder().setJsonObject(true))
                        .build(),
                "format is set");
    }

    @Test
    void answersWithOneOfTheChoices() throws Exception {
        AnswerFormat format = AnswerFormat.newBuilder()
                .setOneOf(AnswerFormat.Choices.newBuilder()
                        .addStrings("yes")
                        .addStrings("yes, it is")
                        .addStrings("no"))
                .build();
        for (int seed = 0; seed < 5; seed++) {
            Answer answer = ask(
                    question("Is there a circle?")
                            .addVisualTokens(80)
                            .setFormat(format)
                            .setSampling(Sampling.newBuilder().setTemperature(5).setSeed(seed))
                            .build(),
                    visual("image1."));
            assertThat(answer.text()).isIn("yes", "yes, it is", "no");
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void answersWithAJsonObject() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ")
                .setMaxTokens(200)
                .setFormat(AnswerFormat.newBuilder().setJsonObject(true));
        // A model that knows no JSON needs a push to come to an end.
        Sampling.Builder sampling = Sampling.newBuilder().setTemperature(1);
        Map<String, Float> push = Map.of("\"", 15f, "}", 12f, ":", 12f);
        for (int id = 0; id < host.tokenizer().vocabulary(); id++) {
            Float bias = push.get(new String(host.tokenizer().bytes(id), StandardCharsets.UTF_8));
            if (bias != null) {
                sampling.putLogitBias(id, bias);
            }
        }
        int ended = 0;
        for (int seed = 0; seed < 5; seed++) {
            Answer answer = ask(start.setSampling(sampling.setSeed(seed)).build());
            if (answer.reason() == FinishReason.STOP) {
                ended++;
                assertThat(new JsonMapper().readTree(answer.text()).isObject()).isTrue();
            }
        }
        assertThat(ended).isGreaterThan(2);
    }

    @Test
    void refusesAVisualTensorOfAnotherShapeWithoutReadingIt() throws Exception {
        GenerateStart start = question("What?").addVisualTokens(80).build();
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        call.write(GenerateRequest.newBuilder().setStart(start).build());
        call.write(GenerateRequest.newBuilder()
                .setVisual(TensorChunk.newBuilder()
                        .setHeader(TensorHeader.newBuilder()
                                .setName("visual_tokens")
                                .setDtype(DataType.FLOAT32)
                                .addShape(1 << 20)
                                .addShape(1 << 20)))
                .build());
        assertThatThrownBy(call::read)
                .satisfies(failure -> assertThat(
                                StageError.of(failure).orElseThrow().reason())
                        .isEqualTo(ErrorReason.TENSOR_MISMATCH));
    }

    @Test
    void aCancelledCallGivesItsSlotBackAtOnce() throws Exception {
        // Eight endless answers over four slots: half of them wait.
        List<BlockingClientCall<GenerateRequest, GenerateResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
            call.write(GenerateRequest.newBuilder().setStart(endless().build()).build());
            call.halfClose();
            calls.add(call);
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> host.admission().requests() == 8);
        calls.forEach(call -> call.cancel("test", null));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(host.admission().requests()).isZero());
        assertThat(ask(text("USER: hi\nASSISTANT: ").setMaxTokens(2).build()).ids())
                .hasSize(2);
    }

    @Test
    void aFullStageRefusesWithARetryDelay() throws Exception {
        List<BlockingClientCall<GenerateRequest, GenerateResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
            call.write(GenerateRequest.newBuilder().setStart(endless()).build());
            calls.add(call);
        }
        await().until(() -> host.admission().requests() == 12);
        assertThatThrownBy(() -> ask(text("one more").build())).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
            assertThat(error.retryAfter()).isNotNull();
        });
        calls.forEach(call -> call.cancel("test", null));
    }

    @Test
    void aDeadlineEndsTheWork() {
        assertThatThrownBy(() -> {
                    BlockingClientCall<GenerateRequest, GenerateResponse> call =
                            stub.withDeadlineAfter(Duration.ofMillis(40)).generate();
                    call.write(GenerateRequest.newBuilder().setStart(endless()).build());
                    call.halfClose();
                    while (call.read() != null) {
                        Thread.onSpinWait();
                    }
                })
                .satisfies(failure ->
                        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }

    /** Words that never end an answer: the most improbable seeds run to the context's end. */
    private static GenerateStart.Builder endless() {
        return text("USER: hello\nASSISTANT: ")
                .setMaxTokens(500)
                .setSampling(Sampling.newBuilder().setTemperature(50).setSeed(1));
    }

    private void assertRefused(ErrorReason reason, GenerateStart start, String message) {
        assertThatThrownBy(() -> ask(start)).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(reason);
            assertThat(error.message()).contains(message);
        });
    }

    private BlockingClientCall<GenerateRequest, GenerateResponse> open() {
        return stub.withDeadlineAfter(Duration.ofSeconds(30)).generate();
    }

    private Answer ask(GenerateStart start, WireTensor... visual) throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        call.write(GenerateRequest.newBuilder().setStart(start).build());
        for (WireTensor tensor : visual) {
            for (Iterator<TensorChunk> chunks = tensor.chunks(); chunks.hasNext(); ) {
                call.write(GenerateRequest.newBuilder().setVisual(chunks.next()).build());
            }
        }
        call.halfClose();
        GenerateResponse first = call.read();
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        FinishReason reason = FinishReason.FINISH_REASON_UNSPECIFIED;
        GenerateResponse next = call.read();
        while (next.hasDelta()) {
            reason = next.getDelta().getFinishReason();
            text.append(next.getDelta().getText());
            ids.addAll(next.getDelta().getTokenIdsList());
            next = call.read();
        }
        assertThat(call.read()).isNull();
        return new Answer(text.toString(), ids, first, reason, next.getFinished());
    }

    /** The bundle's prompt about one picture. */
    private GenerateStart.Builder question(String question) {
        String template = description.getPrompt().getTemplate().replace("{question}", question);
        String[] around = template.split(description.getPrompt().getImagePlaceholder());
        return GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<s>"))
                .addPrompt(PromptSegment.newBuilder().setText(around[0]))
                .addPrompt(PromptSegment.newBuilder().setVisual(0))
                .addPrompt(PromptSegment.newBuilder().setText(around[1]));
    }

    private static GenerateStart.Builder text(String text) {
        return GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<s>"))
                .addPrompt(PromptSegment.newBuilder().setText(text));
    }

    private static WireTensor visual(String prefix) {
        HostTensor tokens = Checkpoint.open(BUNDLE.resolve("golden.safetensors"))
                .read(prefix + "visual_tokens")
                .get(0);
        TensorHeader header = TensorHeader.newBuilder()
                .setName("visual_tokens")
                .setDtype(DataType.FLOAT32)
                .addShape(tokens.shape()[0])
                .addShape(tokens.shape()[1])
                .build();
        return new WireTensor(header, tokens.data());
    }

    private static JsonNode golden() throws Exception {
        return new JsonMapper().readTree(Files.readAllBytes(BUNDLE.resolve("golden.json")));
    }

    private static List<Integer> ids(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}

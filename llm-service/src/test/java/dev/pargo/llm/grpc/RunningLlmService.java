package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.LlmServiceApplication;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.Conversation;
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
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.VisualAttention;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service with pargo-mini, over loopback. Tests with the same settings share it. */
@SpringBootTest(
        classes = LlmServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "spring.grpc.server.port=0",
            "server.port=0",
            "pargo.stage.model=../bundle/pargo-mini",
            "pargo.stage.admission.max-requests=12",
            "pargo.llm.sequences=4",
        })
abstract class RunningLlmService {

    private static final Path BUNDLE = Path.of("../bundle/pargo-mini");

    @Autowired
    private GrpcServerLifecycle server;

    @Autowired
    LlmHost host;

    private ManagedChannel channel;
    LlmGrpc.LlmBlockingV2Stub stub;
    LlmDescription description;

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

    /** @param tokens texts of the tokens, if log probabilities were asked for */
    record Answer(
            String text,
            List<Integer> ids,
            List<String> tokens,
            List<VisualAttention> attention,
            GenerateResponse first,
            FinishReason reason,
            GenerationFinished finished) {}

    int port() {
        return server.getPort();
    }

    BlockingClientCall<GenerateRequest, GenerateResponse> open() {
        return stub.withDeadlineAfter(Duration.ofSeconds(30)).generate();
    }

    Answer ask(GenerateStart start, WireTensor... visual) throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        call.write(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
        for (WireTensor tensor : visual) {
            for (Iterator<TensorChunk> chunks = tensor.chunks(); chunks.hasNext(); ) {
                call.write(GenerateRequest.newBuilder().setVisual(chunks.next()).build());
            }
        }
        call.halfClose();
        GenerateResponse first = call.read();
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        List<VisualAttention> attention = new ArrayList<>();
        FinishReason reason = FinishReason.FINISH_REASON_UNSPECIFIED;
        assertThat(call.read().hasStarted()).isTrue();
        GenerateResponse next = call.read();
        while (next.hasDelta()) {
            reason = next.getDelta().getFinishReason();
            text.append(next.getDelta().getText());
            ids.addAll(next.getDelta().getTokenIdsList());
            next.getDelta()
                    .getLogprobsList()
                    .forEach(each -> tokens.add(each.getChosen().getText().toStringUtf8()));
            attention.addAll(next.getDelta().getAttentionList());
            next = call.read();
        }
        assertThat(call.read()).isNull();
        return new Answer(text.toString(), ids, tokens, attention, first, reason, next.getFinished());
    }

    /** A question about one picture. */
    GenerateStart.Builder question(String question) {
        return GenerateStart.newBuilder()
                .setConversation(Conversation.newBuilder()
                        .addMessages(ChatMessage.newBuilder()
                                .setRole("user")
                                .addContent(ContentPart.newBuilder().setVisual(0))
                                .addContent(ContentPart.newBuilder().setText(question))));
    }

    static GenerateStart.Builder text(String text) {
        return GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<s>"))
                .addPrompt(PromptSegment.newBuilder().setText(text));
    }

    static WireTensor visual(String prefix) {
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

    static JsonNode golden() throws Exception {
        return new JsonMapper().readTree(Files.readAllBytes(BUNDLE.resolve("golden.json")));
    }

    static List<Integer> ids(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}

package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** Clients that send invalid or excessive requests, or do not read. */
@TestPropertySource(
        properties = {
            "pargo.llm.answer.backlog=16KB",
            "pargo.llm.answer.unread=16KB",
            "pargo.llm.answer.slow-reader=2s",
            "pargo.stage.admission.max-requests=40"
        })
@ExtendWith(OutputCaptureExtension.class)
class HostileClientsTest extends RunningLlmService {

    private static final String NORMAL = "USER: hello\nASSISTANT: ";

    @Test
    void refusesVisualTokensThatAreNoNumbersAndSaysSoOnce(CapturedOutput output) throws Exception {
        WireTensor broken = visual("image1.");
        ByteBuffer values = copy(broken);
        values.putFloat(4_000, Float.NaN);

        assertThatThrownBy(() ->
                        ask(question("What?").addVisualTokens(80).build(), new WireTensor(broken.header(), values)))
                .satisfies(failure -> assertThat(reason(failure)).isEqualTo(ErrorReason.NOT_FINITE));

        assertThat(output.toString().lines().filter(line -> line.contains("visual_tokens has values")))
                .hasSize(1);
    }

    @Test
    void manyLargePromptsDelayNeitherDescribeNorAShortQuestion() throws Exception {
        GenerateStart large = text("red ".repeat(description.getLimits().getPromptBytes() / 4))
                .build();
        List<CompletableFuture<ErrorReason>> refusals = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            refusals.add(CompletableFuture.supplyAsync(() -> {
                try {
                    ask(large);
                    return ErrorReason.INTERNAL;
                } catch (Exception refused) {
                    return reason(refused);
                }
            }));
        }

        assertThat(stub.withDeadlineAfter(Duration.ofSeconds(2)).describe(DescribeRequest.getDefaultInstance()))
                .isEqualTo(description);
        assertThat(ask(text(NORMAL).setMaxTokens(2).build()).ids()).hasSize(2);
        assertThat(refusals).allSatisfy(refusal -> assertThat(refusal.join()).isEqualTo(ErrorReason.PROMPT_TOO_LONG));
    }

    @Test
    void aClientThatDoesNotReadIsPausedAndThenEnded() throws Exception {
        ManagedChannel narrow = NettyChannelBuilder.forAddress("localhost", port())
                .flowControlWindow(16 * 1024)
                .usePlaintext()
                .build();
        try {
            Reader idle = new Reader();
            LlmGrpc.newStub(narrow).generate(idle);
            idle.ask(wordy());
            await().until(() -> host.admission().requests() == 1);

            // The other clients' answers continue, although the idle client could fill all places.
            assertThat(ask(text(NORMAL).setMaxTokens(5).setIgnoreEos(true).build())
                            .ids())
                    .hasSize(5);
            await().until(() -> host.admission().requests() == 0);

            idle.stream.request(Integer.MAX_VALUE);
            assertThat(Status.fromThrowable(idle.failure()))
                    .satisfies(end -> assertThat(end.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED))
                    .satisfies(end -> assertThat(end.getDescription()).contains("was not read for 2 s"));
        } finally {
            narrow.shutdownNow();
        }
    }

    @Test
    void aClientThatReadsSlowlyGetsAllOfItsAnswersInSmallMessages() throws Exception {
        ManagedChannel narrow = NettyChannelBuilder.forAddress("localhost", port())
                .flowControlWindow(16 * 1024)
                .usePlaintext()
                .build();
        try {
            Reader slow = new Reader();
            LlmGrpc.newStub(narrow).generate(slow);
            slow.ask(wordy());
            while (!slow.end.isDone()) {
                slow.stream.request(1);
                Thread.sleep(1);
            }

            slow.end.join();
            assertThat(slow.received.stream()
                            .mapToInt(response -> response.getDelta().getTokenIdsCount())
                            .sum())
                    .isEqualTo(3 * 400);
            assertThat(slow.received)
                    .allSatisfy(
                            response -> assertThat(response.getSerializedSize()).isLessThan(1 << 20));
        } finally {
            narrow.shutdownNow();
        }
    }

    /** About 300 bytes for each token. */
    private static GenerateStart wordy() {
        return text(NORMAL)
                .setMaxTokens(400)
                .setIgnoreEos(true)
                .setChoices(3)
                .setTopLogprobs(20)
                .build();
    }

    private static ByteBuffer copy(WireTensor tensor) {
        ByteBuffer copy = ByteBuffer.allocate(tensor.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        return copy.put(tensor.data().duplicate()).flip();
    }

    private static ErrorReason reason(Throwable failure) {
        return StageError.of(failure).orElseThrow().reason();
    }

    /** A client that reads only when the test tells it to. */
    private static final class Reader implements ClientResponseObserver<GenerateRequest, GenerateResponse> {

        final Queue<GenerateResponse> received = new ConcurrentLinkedQueue<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        ClientCallStreamObserver<GenerateRequest> stream;

        void ask(GenerateStart start) {
            stream.onNext(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
            stream.onCompleted();
        }

        Throwable failure() {
            return end.handle((done, failure) -> failure).join();
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<GenerateRequest> call) {
            stream = call;
            call.disableAutoRequestWithInitial(0);
        }

        @Override
        public void onNext(GenerateResponse response) {
            received.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }
    }
}

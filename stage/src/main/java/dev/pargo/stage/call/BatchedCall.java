package dev.pargo.stage.call;

import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.batch.Batched;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.device.SelfCheck;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A call whose answer is a tensor. It is admitted at its header and batched when its input is ready.
 *
 * @param <I> the network's input
 * @param <R> the messages of the answer
 */
public final class BatchedCall<I, R> extends ServedCall<R> {

    private final String work;
    private final Batcher<I, WireTensor> batcher;
    private final SelfCheck selfCheck;
    private final BiFunction<WireTensor, StageReport, Iterator<R>> messages;
    private volatile Batcher<I, WireTensor>.@Nullable Request request;

    /**
     * Create it before the service method returns.
     *
     * @param messages the messages that answer with a tensor
     */
    public BatchedCall(
            ServerCallStreamObserver<R> response,
            BatchedStage<I> stage,
            BiFunction<WireTensor, StageReport, Iterator<R>> messages) {
        super(response, stage.calls());
        this.messages = messages;
        this.work = stage.work();
        this.batcher = stage.batcher();
        this.selfCheck = stage.selfCheck();
    }

    /** A call that is answered with the chunks of a tensor. Create it before the service method returns. */
    public static <I> BatchedCall<I, TensorChunk> inChunks(
            ServerCallStreamObserver<TensorChunk> response, BatchedStage<I> stage) {
        return new BatchedCall<>(response, stage, (tensor, report) -> tensor.chunks(report));
    }

    /** Admits the call and announces its input. */
    @Override
    public void admit(long bytes) {
        super.admit(bytes);
        Batcher<I, WireTensor>.Request announced = batcher.announce(client().value());
        request = announced;
        whenOver(announced::cancel);
    }

    /**
     * Runs the network on the input and sends the output to the client. No effect if the call is over.
     *
     * @param preprocessing time spent on preparing the input
     */
    public void submit(I input, Duration preprocessing) {
        Batcher<I, WireTensor>.Request admitted = request;
        if (admitted == null) {
            throw new IllegalStateException("submitted before it was admitted");
        }
        trace().enter("queue");
        admitted.submit(input, () -> trace().enter(work)).whenComplete((batched, error) -> {
            if (error != null) {
                fail(error);
            } else {
                trace().leave();
                WireTensor output = batched.output();
                answer(new TensorAnswer<>(output, messages.apply(output, report(batched, preprocessing)), selfCheck));
            }
        });
    }

    private static StageReport report(Batched<?> batched, Duration preprocessing) {
        return StageReport.newBuilder()
                .setQueueMicros(micros(batched.queueTime()))
                .setPreprocessMicros(micros(preprocessing))
                .setNetworkMicros(micros(batched.networkTime()))
                .setBatchSize(batched.batchSize())
                .build();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** The messages of a tensor, which is checked as a whole before the first message is sent. */
    private static final class TensorAnswer<R> implements MessageSource<R> {

        private final WireTensor tensor;
        private final Iterator<R> messages;
        private final SelfCheck selfCheck;
        private boolean checked;

        TensorAnswer(WireTensor tensor, Iterator<R> messages, SelfCheck selfCheck) {
            this.tensor = tensor;
            this.messages = messages;
            this.selfCheck = selfCheck;
        }

        @Override
        public @Nullable R poll() {
            if (!checked) {
                checked = true;
                if (!tensor.isFinite()) {
                    selfCheck.suspect();
                }
                tensor.requireFinite();
            }
            return messages.hasNext() ? messages.next() : null;
        }

        @Override
        public boolean isExhausted() {
            return !messages.hasNext();
        }
    }
}

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
import org.jspecify.annotations.Nullable;

/**
 * A call whose answer is a tensor. It is admitted at its header and batched when its input is ready.
 *
 * @param <I> the network's input
 */
public final class BatchedCall<I> extends ServedCall<TensorChunk> {

    private final String work;
    private final Batcher<I, WireTensor> batcher;
    private final SelfCheck selfCheck;
    private volatile Batcher<I, WireTensor>.@Nullable Request request;

    /** Create it before the service method returns. */
    public BatchedCall(ServerCallStreamObserver<TensorChunk> response, BatchedStage<I> stage) {
        super(response, stage.calls());
        this.work = stage.work();
        this.batcher = stage.batcher();
        this.selfCheck = stage.selfCheck();
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
                answer(new TensorAnswer(batched.output(), report(batched, preprocessing), selfCheck));
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

    /** The chunks of a tensor, which is checked as a whole before the first chunk is sent. */
    private static final class TensorAnswer implements MessageSource<TensorChunk> {

        private final WireTensor tensor;
        private final Iterator<TensorChunk> chunks;
        private final SelfCheck selfCheck;
        private boolean checked;

        TensorAnswer(WireTensor tensor, StageReport report, SelfCheck selfCheck) {
            this.tensor = tensor;
            this.selfCheck = selfCheck;
            this.chunks = tensor.chunks(report);
        }

        @Override
        public @Nullable TensorChunk poll() {
            if (!checked) {
                checked = true;
                if (!tensor.isFinite()) {
                    selfCheck.suspect();
                }
                tensor.requireFinite();
            }
            return chunks.hasNext() ? chunks.next() : null;
        }

        @Override
        public boolean isExhausted() {
            return !chunks.hasNext();
        }
    }
}

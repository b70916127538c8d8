package dev.pargo.stage.call;

import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.batch.Batched;
import dev.pargo.stage.batch.Batcher;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered with a tensor: admitted at its header, batched when its input is ready.
 *
 * @param <I> what the network takes
 */
public final class BatchedCall<I> extends ServedCall<TensorChunk> {

    private final Batcher<I, WireTensor> batcher;
    private volatile Batcher<I, WireTensor>.@Nullable Request request;

    /** To be created before the service method returns. */
    public BatchedCall(ServerCallStreamObserver<TensorChunk> response, BatchedStage<I> stage) {
        super(response, stage.calls());
        this.batcher = stage.batcher();
    }

    /** Lets the call in and announces its input. */
    @Override
    public void admit(long bytes) {
        super.admit(bytes);
        Batcher<I, WireTensor>.Request announced = batcher.announce();
        request = announced;
        whenOver(announced::cancel);
    }

    /**
     * Sends the input through the network and the result to the client. Without effect when the call is over.
     *
     * @param preprocessing time spent on making the input
     */
    public void submit(I input, Duration preprocessing) {
        Batcher<I, WireTensor>.Request admitted = request;
        if (admitted == null) {
            throw new IllegalStateException("submitted before it was admitted");
        }
        admitted.submit(input).whenComplete((batched, error) -> {
            if (error != null) {
                fail(error);
            } else {
                answer(new TensorAnswer(batched.output(), report(batched, preprocessing)));
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

    /** A tensor that is there as a whole, checked before any of it is sent. */
    private static final class TensorAnswer implements MessageSource<TensorChunk> {

        private final WireTensor tensor;
        private final Iterator<TensorChunk> chunks;
        private boolean checked;

        TensorAnswer(WireTensor tensor, StageReport report) {
            this.tensor = tensor;
            this.chunks = tensor.chunks(report);
        }

        @Override
        public @Nullable TensorChunk poll() {
            if (!checked) {
                tensor.requireFinite();
                checked = true;
            }
            return chunks.hasNext() ? chunks.next() : null;
        }

        @Override
        public boolean isExhausted() {
            return !chunks.hasNext();
        }
    }
}

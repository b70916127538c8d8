package dev.pargo.stage;

import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** A projector without weights: adds one to each number. Its network runs when the gate lets it. */
public final class ToyProjector extends ProjectorGrpc.ProjectorImplBase {

    public static final int BYTES = 4 * 3;

    private static final TensorSpec INPUT = new TensorSpec("features", Set.of(DataType.FLOAT32), 1, 1, 3);

    private final BatchedStage<WireTensor> stage;

    public ToyProjector(BatchedStage<WireTensor> stage) {
        this.stage = stage;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
        throw new IllegalStateException("secret of the library");
    }

    @Override
    public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
        BatchedCall<WireTensor, TensorChunk> call =
                BatchedCall.inChunks((ServerCallStreamObserver<TensorChunk>) response, stage);
        TensorAssembler assembler = new TensorAssembler(INPUT);
        return new StreamObserver<>() {
            @Override
            public void onNext(TensorChunk chunk) {
                call.attempt(() -> {
                    assembler.accept(chunk);
                    if (chunk.hasHeader()) {
                        call.admit(BYTES);
                    }
                });
            }

            @Override
            public void onCompleted() {
                call.attempt(() -> call.submit(assembler.finish(), Duration.ofMillis(2)));
            }

            @Override
            public void onError(Throwable cancellation) {}
        };
    }

    /** The network: the first number decides whether it answers, fails (-1) or takes its device down (-2). */
    public static List<WireTensor> addOne(Semaphore gate, List<WireTensor> inputs) {
        gate.acquireUninterruptibly();
        return inputs.stream().map(ToyProjector::addOne).toList();
    }

    private static WireTensor addOne(WireTensor input) {
        float first = input.data().getFloat(0);
        if (first == -1) {
            throw new IllegalStateException("secret of the library");
        }
        if (first == -2) {
            throw new LinkageError("secret of the device");
        }
        return tensor(first + 1, input.data().getFloat(4) + 1, input.data().getFloat(8) + 1);
    }

    public static WireTensor tensor(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(1)
                .addShape(values.length)
                .build();
        return new WireTensor(header, data);
    }

    /** The numbers of an answer. */
    public static List<Float> numbers(Iterator<TensorChunk> answer) {
        TensorAssembler assembler = new TensorAssembler(INPUT);
        while (!assembler.isComplete()) {
            assembler.accept(answer.next());
        }
        ByteBuffer data = assembler.finish().data();
        return List.of(data.getFloat(0), data.getFloat(4), data.getFloat(8));
    }
}

package dev.pargo.projector;

import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.call.BatchedCall;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The request side of one projection: one tensor. Admitted at its header, before anything is allocated. */
final class ProjectCall implements StreamObserver<TensorChunk> {

    private final BatchedCall<Projection> call;
    private final TensorAssembler features;
    private final long bytes;

    ProjectCall(BatchedCall<Projection> call, ProjectorDescription description) {
        this.call = call;
        this.features = new TensorAssembler(TensorSpec.exactly(TensorSpec.FEATURES, description.getInput()));
        this.bytes = bytes(description.getInput()) + bytes(description.getOutput());
    }

    @Override
    public void onNext(TensorChunk chunk) {
        call.attempt(() -> {
            if (chunk.hasHeader() && !call.isAdmitted()) {
                call.admit(bytes);
            }
            features.accept(chunk);
        });
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> call.submit(Projection.tokens(features.finish()), Duration.ZERO));
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    /** Memory of a tensor, counted as float32. */
    static long bytes(TokenTensor tensor) {
        return (long) Float.BYTES * tensor.getTokens() * tensor.getWidth();
    }
}

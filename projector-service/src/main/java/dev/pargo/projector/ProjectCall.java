package dev.pargo.projector;

import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.call.BatchedCall;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;

/** Receives the request of one projection: one tensor. It is admitted at its header, before anything is allocated. */
final class ProjectCall implements StreamObserver<TensorChunk> {

    private final BatchedCall<Projection, TensorChunk> call;
    private final ProjectorConfig projector;
    private final TensorAssembler features;
    private final ProjectorDescription description;

    ProjectCall(
            BatchedCall<Projection, TensorChunk> call, ProjectorDescription description, ProjectorConfig projector) {
        this.call = call;
        this.projector = projector;
        this.features = new TensorAssembler(TensorSpec.described(TensorSpec.FEATURES, description.getInput()));
        this.description = description;
    }

    @Override
    public void onNext(TensorChunk chunk) {
        call.attempt(() -> {
            if (chunk.hasHeader() && !call.isAdmitted()) {
                call.admit(bytes(description, chunk.getHeader().getShapeList()));
            }
            features.accept(chunk);
        });
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> {
            call.completeRequest();
            call.submit(Projection.tokens(features.finish(), projector), Duration.ZERO);
        });
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    /**
     * Memory of the features and of the visual tokens. A projector makes at most as many visual tokens as there are
     * features.
     *
     * @param shape of the features, unchecked
     */
    static long bytes(ProjectorDescription description, List<Long> shape) {
        if (TensorSpec.isFixed(description.getInput()) || shape.isEmpty()) {
            return bytes(description.getInput()) + bytes(description.getOutput());
        }
        long rows = Math.max(0, Math.min(shape.get(0), description.getInput().getTokens()));
        return Float.BYTES
                * rows
                * ((long) description.getInput().getWidth()
                        + 2L * description.getOutput().getWidth());
    }

    /** Memory of a tensor, counted as float32. */
    static long bytes(TokenTensor tensor) {
        return (long) Float.BYTES * tensor.getTokens() * tensor.getWidth();
    }
}

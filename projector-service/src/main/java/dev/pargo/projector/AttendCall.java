package dev.pargo.projector;

import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.QueryTokens;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedCall;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** Receives a request for cross-attention: options, then one tensor. It is admitted at its options. */
final class AttendCall implements StreamObserver<AttendRequest> {

    private final BatchedCall<Projection, TensorChunk> call;
    private final ProjectorDescription description;
    private final ProjectorConfig projector;
    private final TensorAssembler features;
    private int groups;

    AttendCall(BatchedCall<Projection, TensorChunk> call, ProjectorDescription description, ProjectorConfig projector) {
        this.call = call;
        this.projector = projector;
        this.description = description;
        this.features = new TensorAssembler(TensorSpec.described(TensorSpec.FEATURES, description.getInput()));
    }

    @Override
    public void onNext(AttendRequest part) {
        call.attempt(() -> {
            switch (part.getPartCase()) {
                case OPTIONS -> open(part.getOptions().getGroups());
                case FEATURES -> {
                    if (!call.isAdmitted()) {
                        throw malformed("the stream does not begin with options");
                    }
                    features.accept(part.getFeatures());
                }
                case PART_NOT_SET -> throw malformed("an empty message");
            }
        });
    }

    private void open(int requested) {
        if (call.isAdmitted()) {
            throw malformed("options twice");
        }
        if (!description.hasQueryTokens()) {
            throw Status.UNIMPLEMENTED
                    .withDescription("this projector has no cross-attention")
                    .asRuntimeException();
        }
        QueryTokens tokens = description.getQueryTokens();
        groups = Math.max(1, requested);
        if (requested < 0 || tokens.getHeads() % groups != 0) {
            throw new StageError(
                            ErrorReason.INVALID_FIELD,
                            "groups is %d, but must divide the %d heads".formatted(requested, tokens.getHeads()))
                    .toException();
        }
        call.admit(ProjectCall.bytes(description.getInput()) + bytes(tokens));
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> {
            if (!call.isAdmitted()) {
                throw malformed("the stream ended before its options");
            }
            call.completeRequest();
            call.submit(Projection.attention(features.finish(), projector, groups), Duration.ZERO);
        });
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    /** Memory of the answer and of the attention of all heads, from which it is averaged. */
    private long bytes(QueryTokens tokens) {
        long head = (long) Float.BYTES * (tokens.getPartial() + tokens.getGlobal()) * tokens.getPatches();
        return head * (tokens.getHeads() + (long) groups * tokens.getCrossLayersCount());
    }

    private static RuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}

package dev.pargo.projector;

import dev.pargo.models.projector.Projector;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.springframework.grpc.server.service.GrpcService;

/** The projector's gRPC service. */
@GrpcService
final class ProjectorService extends ProjectorGrpc.ProjectorImplBase {

    private final ProjectorDescription description;
    private final BatchedStage<Projection> stage;
    private final ProjectorConfig projector;

    ProjectorService(ProjectorDescription description, BatchedStage<Projection> stage, Projector projector) {
        this.description = description;
        this.projector = projector.config();
        this.stage = stage;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
        BatchedCall<Projection, TensorChunk> call =
                BatchedCall.inChunks((ServerCallStreamObserver<TensorChunk>) response, stage);
        return new ProjectCall(call, description, projector);
    }

    @Override
    public StreamObserver<AttendRequest> attend(StreamObserver<TensorChunk> response) {
        BatchedCall<Projection, TensorChunk> call =
                BatchedCall.inChunks((ServerCallStreamObserver<TensorChunk>) response, stage);
        return new AttendCall(call, description, projector);
    }
}

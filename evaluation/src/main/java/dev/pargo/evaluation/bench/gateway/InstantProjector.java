package dev.pargo.evaluation.bench.gateway;

import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.StreamObserver;

/** A projector that returns the same visual tokens for all features. */
final class InstantProjector extends ProjectorGrpc.ProjectorImplBase {

    private final ProjectorDescription description;
    private final WireTensor visualTokens;

    InstantProjector(ProjectorDescription description, WireTensor visualTokens) {
        this.description = description;
        this.visualTokens = visualTokens;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
        return new TensorReply<>(response, visualTokens);
    }
}

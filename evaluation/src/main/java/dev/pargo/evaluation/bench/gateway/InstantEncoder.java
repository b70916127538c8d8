package dev.pargo.evaluation.bench.gateway;

import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.StreamObserver;

/** An encoder that returns the same features for every picture. */
final class InstantEncoder extends EncoderGrpc.EncoderImplBase {

    private final EncoderDescription description;
    private final WireTensor features;

    InstantEncoder(EncoderDescription description, WireTensor features) {
        this.description = description;
        this.features = features;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<EncoderDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<EncodeRequest> encode(StreamObserver<TensorChunk> response) {
        return new TensorReply<>(response, features);
    }
}

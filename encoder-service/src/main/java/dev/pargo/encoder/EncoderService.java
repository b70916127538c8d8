package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.springframework.grpc.server.service.GrpcService;

/** The encoder's gRPC service. */
@GrpcService
final class EncoderService extends EncoderGrpc.EncoderImplBase {

    private final EncoderDescription description;
    private final BatchedStage<PicturePixels> stage;
    private final FileEncoding files;

    EncoderService(EncoderDescription description, BatchedStage<PicturePixels> stage, FileEncoding files) {
        this.description = description;
        this.stage = stage;
        this.files = files;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<EncoderDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<EncodeRequest> encode(StreamObserver<TensorChunk> response) {
        return new EncodeCall(BatchedCall.inChunks((ServerCallStreamObserver<TensorChunk>) response, stage), files);
    }
}

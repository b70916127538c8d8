package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
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
    private final ImagePreparation preparation;
    private final VisionConfig vision;

    EncoderService(
            EncoderDescription description,
            BatchedStage<PicturePixels> stage,
            ImagePreparation preparation,
            VisionEncoder encoder) {
        this.description = description;
        this.stage = stage;
        this.preparation = preparation;
        this.vision = encoder.config();
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<EncoderDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<EncodeRequest> encode(StreamObserver<TensorChunk> response) {
        BatchedCall<PicturePixels> call = new BatchedCall<>((ServerCallStreamObserver<TensorChunk>) response, stage);
        return new EncodeCall(call, preparation, description, vision);
    }
}

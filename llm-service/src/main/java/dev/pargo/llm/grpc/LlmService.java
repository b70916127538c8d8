package dev.pargo.llm.grpc;

import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.springframework.grpc.server.service.GrpcService;

/** The LLM's contract over gRPC. */
@GrpcService
final class LlmService extends LlmGrpc.LlmImplBase {

    private final LlmHost host;

    LlmService(LlmHost host) {
        this.host = host;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<LlmDescription> response) {
        response.onNext(host.description());
        response.onCompleted();
    }

    @Override
    public StreamObserver<GenerateRequest> generate(StreamObserver<GenerateResponse> response) {
        return new GenerateCall((ServerCallStreamObserver<GenerateResponse>) response, host);
    }
}

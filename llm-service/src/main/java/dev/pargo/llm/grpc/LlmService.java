package dev.pargo.llm.grpc;

import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.DetokenizeRequest;
import dev.pargo.proto.v1.DetokenizeResponse;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.TokenizeRequest;
import dev.pargo.proto.v1.TokenizeResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.springframework.grpc.server.service.GrpcService;

/** The LLM's contract over gRPC. */
@GrpcService
final class LlmService extends LlmGrpc.LlmImplBase {

    private final LlmHost host;
    private final TokenCalls tokens;

    LlmService(LlmHost host) {
        this.host = host;
        this.tokens = new TokenCalls(host);
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

    @Override
    public void tokenize(TokenizeRequest request, StreamObserver<TokenizeResponse> response) {
        tokens.tokenize(request, (ServerCallStreamObserver<TokenizeResponse>) response);
    }

    @Override
    public void detokenize(DetokenizeRequest request, StreamObserver<DetokenizeResponse> response) {
        tokens.detokenize(request, (ServerCallStreamObserver<DetokenizeResponse>) response);
    }
}

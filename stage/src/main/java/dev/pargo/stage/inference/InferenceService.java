package dev.pargo.stage.inference;

import dev.pargo.proto.inference.GRPCInferenceServiceGrpc;
import dev.pargo.proto.inference.ModelMetadataRequest;
import dev.pargo.proto.inference.ModelMetadataResponse;
import dev.pargo.proto.inference.ModelReadyRequest;
import dev.pargo.proto.inference.ModelReadyResponse;
import dev.pargo.proto.inference.ServerLiveRequest;
import dev.pargo.proto.inference.ServerLiveResponse;
import dev.pargo.proto.inference.ServerMetadataRequest;
import dev.pargo.proto.inference.ServerMetadataResponse;
import dev.pargo.proto.inference.ServerReadyRequest;
import dev.pargo.proto.inference.ServerReadyResponse;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;

/**
 * The Open Inference Protocol's service, for the models of a stage. Their calls share admission and batches with the
 * stage's own.
 */
public final class InferenceService<I> implements BindableService {

    private final String stage;
    private final InferenceModels<I> models;
    private final BatchedStage<I> batches;
    private final BooleanSupplier ready;

    /**
     * @param stage name of the stage
     * @param ready whether the stage answers requests
     */
    public InferenceService(String stage, InferenceModels<I> models, BatchedStage<I> batches, BooleanSupplier ready) {
        this.stage = stage;
        this.models = models;
        this.batches = batches;
        this.ready = ready;
    }

    public InferenceModels<I> models() {
        return models;
    }

    /** ModelInfer is bound as a stream, so that its call begins before its message is read. */
    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition questions = new Questions().bindService();
        ServerServiceDefinition.Builder service =
                ServerServiceDefinition.builder(GRPCInferenceServiceGrpc.SERVICE_NAME);
        for (ServerMethodDefinition<?, ?> method : questions.getMethods()) {
            if (!method.getMethodDescriptor().equals(GRPCInferenceServiceGrpc.getModelInferMethod())) {
                service.addMethod(method);
            }
        }
        return service.addMethod(
                        InferMessage.METHOD,
                        ServerCalls.asyncClientStreamingCall(response -> new InferCall<>(response, batches, models)))
                .build();
    }

    /** The calls that only ask what is served. */
    private final class Questions extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {

        @Override
        public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> response) {
            answer(response, ServerLiveResponse.newBuilder().setLive(true).build());
        }

        @Override
        public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> response) {
            answer(
                    response,
                    ServerReadyResponse.newBuilder()
                            .setReady(ready.getAsBoolean())
                            .build());
        }

        @Override
        public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> response) {
            models.get(request.getName(), request.getVersion());
            answer(
                    response,
                    ModelReadyResponse.newBuilder()
                            .setReady(ready.getAsBoolean())
                            .build());
        }

        @Override
        public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> response) {
            answer(
                    response,
                    ServerMetadataResponse.newBuilder()
                            .setName("pargo-" + stage)
                            .setVersion(models.version())
                            .build());
        }

        @Override
        public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> response) {
            InferenceModel<I> model = models.get(request.getName(), request.getVersion());
            answer(
                    response,
                    ModelMetadataResponse.newBuilder()
                            .setName(model.name())
                            .addVersions(models.version())
                            .setPlatform("pargo")
                            .addAllInputs(model.inputs())
                            .addAllOutputs(model.outputs())
                            .build());
        }

        private static <T> void answer(StreamObserver<T> response, T message) {
            response.onNext(message);
            response.onCompleted();
        }
    }
}

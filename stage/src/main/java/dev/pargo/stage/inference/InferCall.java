package dev.pargo.stage.inference;

import com.google.protobuf.ByteString;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers one ModelInfer. A message has no header that tells its size. So before gRPC reads the message, the call is admitted as
 * the largest request of any model. When the message is there, its share becomes what the message and its model take.
 */
final class InferCall<I> implements StreamObserver<ByteString> {

    /** Elements that are not raw are held as parsed numbers, and as the raw bytes that are made of them. */
    private static final long TYPED_COPIES = 2;

    private final BatchedCall<I, ModelInferResponse> call;
    private final InferenceModels<I> models;
    private @Nullable InferenceModel<I> model;
    private Set<String> wanted = Set.of();
    private String id = "";

    /** Create it before the service method returns. */
    InferCall(StreamObserver<ModelInferResponse> response, BatchedStage<I> stage, InferenceModels<I> models) {
        this.models = models;
        this.call = new BatchedCall<>(
                (ServerCallStreamObserver<ModelInferResponse>) response, stage, (output, report) -> messages(output));
        call.attempt(() -> call.admit(models.maxMessage() + models.largestMemory()));
    }

    @Override
    public void onNext(ByteString message) {
        call.attempt(() -> {
            if (model != null) {
                throw refusal(ErrorReason.MALFORMED_STREAM, "a second message in a call of one");
            }
            call.completeRequest();
            call.release(Math.max(0, models.maxMessage() - message.size()));
            ModelInferRequest request = InferMessage.parse(message);
            if (request.getRawInputContentsCount() == 0) {
                call.reserve(TYPED_COPIES * message.size());
            }
            InferenceModel<I> chosen = models.get(request.getModelName(), request.getModelVersion());
            model = chosen;
            id = request.getId();
            wanted = wanted(request.getOutputsList(), chosen);
            List<InferTensor> inputs = inOrder(InferTensor.of(request), chosen);
            call.release(models.largestMemory() - chosen.memory(inputs));
            chosen.submit(inputs, call);
        });
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> {
            if (model == null) {
                throw refusal(ErrorReason.MALFORMED_STREAM, "the call ended before its message");
            }
        });
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    private static Set<String> wanted(List<InferRequestedOutputTensor> outputs, InferenceModel<?> model) {
        Set<String> wanted = new HashSet<>();
        List<String> names =
                model.outputs().stream().map(TensorMetadata::getName).toList();
        for (InferRequestedOutputTensor output : outputs) {
            if (!names.contains(output.getName())) {
                throw refusal(ErrorReason.TENSOR_MISMATCH, "outputs: the model has only " + names);
            }
            wanted.add(output.getName());
        }
        return wanted.isEmpty() ? Set.copyOf(names) : wanted;
    }

    private static List<InferTensor> inOrder(List<InferTensor> inputs, InferenceModel<?> model) {
        List<String> names =
                model.inputs().stream().map(TensorMetadata::getName).toList();
        List<InferTensor> ordered = new ArrayList<>();
        for (String name : names) {
            inputs.stream()
                    .filter(input -> input.name().equals(name))
                    .findFirst()
                    .ifPresent(ordered::add);
        }
        if (ordered.size() != names.size() || inputs.size() != names.size()) {
            throw refusal(ErrorReason.TENSOR_MISMATCH, "inputs: the model takes exactly these, each once: " + names);
        }
        return ordered;
    }

    /** One message, built by the thread that sends it. */
    private Iterator<ModelInferResponse> messages(WireTensor output) {
        return Stream.of(output).map(this::message).iterator();
    }

    private ModelInferResponse message(WireTensor output) {
        InferenceModel<I> answering = Objects.requireNonNull(model);
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(answering.name())
                .setModelVersion(models.version())
                .setId(id);
        for (InferTensor tensor : answering.results(output)) {
            if (wanted.contains(tensor.name())) {
                response.addOutputs(InferOutputTensor.newBuilder()
                        .setName(tensor.name())
                        .setDatatype(tensor.datatype())
                        .addAllShape(tensor.shape()));
                response.addRawOutputContents(tensor.data());
            }
        }
        return response.build();
    }

    private static StatusRuntimeException refusal(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}

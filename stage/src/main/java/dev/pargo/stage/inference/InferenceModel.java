package dev.pargo.stage.inference;

import dev.pargo.proto.InferTensor;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.stage.call.BatchedCall;
import java.util.List;

/**
 * One way to use a stage's network through the Open Inference Protocol.
 *
 * @param <I> the network's input
 */
public interface InferenceModel<I> {

    String name();

    /** All of them are required. */
    List<TensorMetadata> inputs();

    List<TensorMetadata> outputs();

    /** Most bytes of all inputs of a request. */
    long maxInputBytes();

    /** Most memory that a request takes besides its message, as far as it is known before the request. */
    long memory();

    /**
     * Memory that a request takes besides its message, as far as it is known from its inputs. At most {@link #memory()}.
     *
     * @param inputs as for {@link #submit}
     * @throws io.grpc.StatusRuntimeException if an input is refused
     */
    long memory(List<InferTensor> inputs);

    /**
     * Checks the inputs and submits them to the network.
     *
     * @param inputs one for each of {@link #inputs()}, in their order
     * @throws io.grpc.StatusRuntimeException if an input is refused
     */
    void submit(List<InferTensor> inputs, BatchedCall<I, ModelInferResponse> call);

    /** The outputs, one for each of {@link #outputs()}, in their order. */
    List<InferTensor> results(WireTensor output);
}

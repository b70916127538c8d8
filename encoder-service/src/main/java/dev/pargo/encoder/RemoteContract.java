package dev.pargo.encoder;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.inference.ModelMetadataResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.v1.DataType;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a remote model is asked for features.
 *
 * @param input  name of its input: normalised pixel values, FP32 [images, 3, side, side]
 * @param output name of its output: features, [images, tokens, width]
 * @param dtype  type of the features
 * @param images most images of a request
 */
record RemoteContract(String input, String output, DataType dtype, int images) {

    private static final long ANY = -1;

    /**
     * Checks that a model takes the encoder's input and gives its output.
     *
     * @param most most images of a request, if the model takes any number
     * @throws ConfigException if it does not
     */
    static RemoteContract of(ModelMetadataResponse model, SquareTower tower, int most) {
        long side = tower.imageSize();
        if (model.getInputsCount() != 1
                || !model.getInputs(0).getDatatype().equals(InferTensor.FP32)
                || !fits(model.getInputs(0), List.of(3L, side, side))) {
            throw mismatch(model, "inputs", model.getInputsList(), "one of FP32 [-1, 3, %d, %d]".formatted(side, side));
        }
        List<Long> features = List.of((long) tower.tokens(), (long) tower.width());
        List<TensorMetadata> fitting = model.getOutputsList().stream()
                .filter(output -> InferTensor.dtype(output.getDatatype()) != DataType.DATA_TYPE_UNSPECIFIED)
                .filter(output -> fits(output, features))
                .toList();
        if (fitting.size() != 1) {
            throw mismatch(
                    model,
                    "outputs",
                    model.getOutputsList(),
                    "exactly one of FP32, FP16 or BF16 [-1, %d, %d]".formatted(tower.tokens(), tower.width()));
        }
        long batch = model.getInputs(0).getShape(0);
        return new RemoteContract(
                model.getInputs(0).getName(),
                fitting.get(0).getName(),
                InferTensor.dtype(fitting.get(0).getDatatype()),
                (int) (batch == ANY ? most : Math.min(most, batch)));
    }

    /** Whether a tensor is a batch, of one or of any number, of tensors of this shape. */
    private static boolean fits(TensorMetadata tensor, List<Long> shape) {
        List<Long> actual = tensor.getShapeList();
        return actual.size() == shape.size() + 1
                && (actual.get(0) == ANY || actual.get(0) == 1)
                && Stream.iterate(0, i -> i < shape.size(), i -> i + 1)
                        .allMatch(i ->
                                actual.get(i + 1) == ANY || actual.get(i + 1).equals(shape.get(i)));
    }

    private static ConfigException mismatch(
            ModelMetadataResponse model, String what, List<TensorMetadata> actual, String expected) {
        List<String> described = actual.stream()
                .map(tensor -> "%s %s %s".formatted(tensor.getName(), tensor.getDatatype(), tensor.getShapeList()))
                .toList();
        return new ConfigException("the %s of the remote model %s are %s, but the bundle's encoder has %s"
                .formatted(what, model.getName(), described, expected));
    }
}

package dev.pargo.encoder;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.Piece;
import dev.pargo.models.picture.Piece.Role;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.v1.DataType;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.inference.InferenceModel;
import dev.pargo.stage.inference.TensorDescription;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The encoder's network alone in the Open Inference Protocol: normalised pixel values of square images in, their features out.
 * It has the tensors of an encoder that is exported to ONNX or TensorRT.
 */
final class TowerModel implements InferenceModel<PicturePixels> {

    private static final long ANY = -1;

    private final SquareTower tower;
    private final DataType dtype;
    private final int most;

    /**
     * @param dtype type of the features
     * @param most  most images of a request
     */
    TowerModel(SquareTower tower, DataType dtype, int most) {
        this.tower = tower;
        this.dtype = dtype;
        this.most = most;
    }

    @Override
    public String name() {
        return "vision";
    }

    @Override
    public List<TensorMetadata> inputs() {
        long side = tower.imageSize();
        return List.of(TensorDescription.of("pixel_values", InferTensor.FP32, ANY, 3L, side, side));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorDescription.of(
                TensorSpec.FEATURES, InferTensor.datatype(dtype), ANY, (long) tower.tokens(), (long) tower.width()));
    }

    @Override
    public long maxInputBytes() {
        return most * imageBytes();
    }

    /** The copy of the pixel values, and the features. */
    @Override
    public long memory() {
        return memory(most);
    }

    @Override
    public long memory(List<InferTensor> inputs) {
        return memory(images(inputs.get(0)));
    }

    private long memory(int images) {
        return images * (imageBytes() + (long) Float.BYTES * tower.tokens() * tower.width());
    }

    private long imageBytes() {
        return 3L * Float.BYTES * tower.imageSize() * tower.imageSize();
    }

    @Override
    public void submit(List<InferTensor> inputs, BatchedCall<PicturePixels, ModelInferResponse> call) {
        InferTensor pixels = inputs.get(0);
        int images = images(pixels);
        int side = tower.imageSize();
        HostTensor all = new HostTensor(
                DType.FLOAT32, new long[] {images, 3, side, side}, pixels.copy(Math.toIntExact(images * imageBytes())));
        Piece square = new Piece(Role.WHOLE, new Grid(side, side));
        PictureLayout layout = new PictureLayout(side, side, 0, 0, Collections.nCopies(images, square));
        List<HostTensor> pieces = IntStream.range(0, images).mapToObj(all::get).toList();
        call.submit(new PicturePixels(layout, pieces), Duration.ZERO);
    }

    /** How many images the input has, after its type and shape have been checked. */
    private int images(InferTensor pixels) {
        int side = tower.imageSize();
        List<Long> shape = pixels.shape();
        if (!pixels.datatype().equals(InferTensor.FP32)
                || shape.size() != 4
                || shape.get(0) < 1
                || shape.get(0) > most
                || !shape.subList(1, 4).equals(List.of(3L, (long) side, (long) side))) {
            throw new StageError(
                            ErrorReason.TENSOR_MISMATCH,
                            "pixel_values has the shape %s, expected [1..%d, 3, %d, %d] of FP32"
                                    .formatted(shape, most, side, side))
                    .toException();
        }
        return shape.get(0).intValue();
    }

    @Override
    public List<InferTensor> results(WireTensor features) {
        long rows = features.header().getShape(0);
        long tokens = tower.tokens();
        return List.of(TensorDescription.reshaped(features, List.of(rows / tokens, tokens, (long) tower.width())));
    }
}

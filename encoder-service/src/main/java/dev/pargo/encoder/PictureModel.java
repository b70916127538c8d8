package dev.pargo.encoder;

import com.google.protobuf.ByteString;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.inference.InferenceModel;
import dev.pargo.stage.inference.TensorDescription;
import java.util.List;

/** The encoder in the Open Inference Protocol: an image file in, its features out. */
final class PictureModel implements InferenceModel<PicturePixels> {

    private final FileEncoding files;
    private final EncoderDescription description;

    PictureModel(FileEncoding files, EncoderDescription description) {
        this.files = files;
        this.description = description;
    }

    @Override
    public String name() {
        return "encoder";
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorDescription.of("image", InferTensor.BYTES, 1L));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return TensorDescription.of(TensorSpec.FEATURES, description.getOutput());
    }

    @Override
    public long maxInputBytes() {
        return description.getMaxImageBytes();
    }

    @Override
    public long memory() {
        return description.getMaxImageBytes() + files.memory();
    }

    /** A copy of the file, its pixel values and features. */
    @Override
    public long memory(List<InferTensor> inputs) {
        return files.check(inputs.get(0).element().size()) + files.memory();
    }

    @Override
    public void submit(List<InferTensor> inputs, BatchedCall<PicturePixels, ModelInferResponse> call) {
        ByteString file = inputs.get(0).element();
        files.submit(file.toByteArray(), true, call);
    }

    @Override
    public List<InferTensor> results(WireTensor features) {
        return TensorDescription.results(features, description.getOutput());
    }
}

package dev.pargo.projector;

import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.stage.call.BatchedCall;
import dev.pargo.stage.inference.InferenceModel;
import dev.pargo.stage.inference.TensorDescription;
import java.time.Duration;
import java.util.List;

/** The projector in the Open Inference Protocol: the features of one picture in, its visual tokens out. */
final class ProjectorModel implements InferenceModel<Projection> {

    private final ProjectorDescription description;
    private final ProjectorConfig projector;
    private final TensorSpec features;

    ProjectorModel(ProjectorDescription description, ProjectorConfig projector) {
        this.description = description;
        this.projector = projector;
        this.features = TensorSpec.described(TensorSpec.FEATURES, description.getInput());
    }

    @Override
    public String name() {
        return "projector";
    }

    @Override
    public List<TensorMetadata> inputs() {
        return TensorDescription.of(TensorSpec.FEATURES, description.getInput());
    }

    @Override
    public List<TensorMetadata> outputs() {
        return TensorDescription.of(TensorSpec.VISUAL_TOKENS, description.getOutput());
    }

    @Override
    public long maxInputBytes() {
        return ProjectCall.bytes(description.getInput());
    }

    /** The copy of the features, and the visual tokens. */
    @Override
    public long memory() {
        return ProjectCall.bytes(
                description, List.of((long) description.getInput().getTokens()));
    }

    @Override
    public long memory(List<InferTensor> inputs) {
        return ProjectCall.bytes(description, inputs.get(0).shape());
    }

    @Override
    public void submit(List<InferTensor> inputs, BatchedCall<Projection, ModelInferResponse> call) {
        List<Integer> layout = inputs.size() == 1 ? List.of() : inputs.get(1).ints(mostLayout());
        WireTensor tensor = inputs.get(0).toWire(features, layout);
        call.submit(Projection.tokens(tensor, projector), Duration.ZERO);
    }

    /** Four numbers for the picture and four for each of its pieces, none of which is empty. */
    private int mostLayout() {
        return Math.multiplyExact(4, description.getInput().getTokens() + 1);
    }

    @Override
    public List<InferTensor> results(WireTensor tokens) {
        return TensorDescription.results(tokens, description.getOutput());
    }
}

package dev.pargo.models.vision;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.NativeTensors;
import dev.pargo.models.torch.Network;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.NativeWeights;
import java.util.List;

/**
 * EVA-02-CLIP vision transformer. The features are the raw output of the last block; the norm that ParGo puts behind
 * them is trained with the projector and lives there.
 */
final class Eva02VisionTransformer implements VisionEncoder {

    private final Eva02Config config;
    private final Network network;

    /** @param checkpoint the tower's tensors, without prefix */
    Eva02VisionTransformer(Eva02Config config, Checkpoint checkpoint, Placement placement) {
        this.config = config;
        checkpoint.require(config.parameters(), Eva02Config::isUnused);
        this.network = Network.build(
                placement,
                "eva02",
                manager -> NativeWeights.load(
                                manager,
                                checkpoint,
                                config.parameters(),
                                placement.precision().dtype())
                        .arrays(),
                (arguments, manager) -> arguments
                        .add(config.patchSize())
                        .add(config.grid())
                        .add(config.pretrainedGrid())
                        .add(config.layers())
                        .add(config.heads())
                        .add(config.eps()));
    }

    @Override
    public int imageSize() {
        return config.imageSize();
    }

    @Override
    public int tokens() {
        return config.tokens();
    }

    @Override
    public int width() {
        return config.width();
    }

    @Override
    public HostTensor encode(List<HostTensor> pixelValues) {
        try (PtNDManager scope = network.newScope()) {
            List<PtNDArray> pixels = pixelValues.stream()
                    .map(image -> NativeTensors.fromHost(scope, image))
                    .toList();
            try (IValue features = network.call("encode", arguments -> arguments.addAll(pixels))) {
                return NativeTensors.toHost(
                        features.toTensor(scope), network.placement().precision());
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}

package dev.pargo.models.vision;

import dev.pargo.models.network.Network;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import java.util.List;

/**
 * A vision encoder on its device: images in, one feature vector a patch out.
 *
 * <p>Thread-safe, but meant to be called by one thread at a time: a forward pass already uses the device's threads.
 */
public final class VisionEncoder implements AutoCloseable {

    private final VisionConfig config;
    private final Network network;

    private VisionEncoder(VisionConfig config, Network network) {
        this.config = config;
        this.network = network;
    }

    /** @throws dev.pargo.models.weights.CheckpointException if the weights do not fit */
    public static VisionEncoder load(StoredNetwork<? extends VisionConfig> stored, Placement placement) {
        return new VisionEncoder(stored.config(), Network.load(stored, placement));
    }

    public VisionConfig config() {
        return config;
    }

    /**
     * Encodes a batch.
     *
     * @param pixelValues images of shape [3, imageSize, imageSize], float32, normalised
     * @return features of shape [batch, tokens, width] in the encoder's precision; patches in raster order
     */
    public HostTensor encode(List<HostTensor> pixelValues) {
        return network.run("encode", pixelValues);
    }

    @Override
    public void close() {
        network.close();
    }
}

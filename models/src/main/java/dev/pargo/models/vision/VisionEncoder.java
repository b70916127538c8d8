package dev.pargo.models.vision;

import dev.pargo.models.network.Network;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import java.util.List;

/**
 * A vision encoder loaded on a device. It maps pictures to feature vectors.
 *
 * <p>Thread-safe, but best called by one thread at a time, because a forward pass already uses all of the device's threads.
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
     * Encodes pictures. All their pieces go through one forward pass.
     *
     * @param pictures as cut by the model's {@link dev.pargo.models.image.ImageCutter}
     * @return the features of each picture, [cells, width] in the encoder's precision
     */
    public List<PictureRows> encodePictures(List<PicturePixels> pictures) {
        List<HostTensor> pieces =
                pictures.stream().flatMap(picture -> picture.pieces().stream()).toList();
        List<PictureLayout> layouts = pictures.stream()
                .map(picture -> config.layout(picture.layout()))
                .toList();
        return PictureRows.divide(network.run("encode", pieces), layouts);
    }

    /**
     * Encodes square images.
     *
     * @param pixelValues of shape [3, imageSize, imageSize], float32, normalised
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

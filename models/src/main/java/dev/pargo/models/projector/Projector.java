package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.NativeTensors;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import java.util.Arrays;
import java.util.List;

/**
 * A projector loaded on a device. It maps patch features to visual tokens of the LLM's width.
 *
 * <p>Thread-safe, but best called by one thread at a time, because a forward pass already uses all of the device's threads.
 */
public final class Projector implements AutoCloseable {

    private final ProjectorConfig config;
    private final Network network;

    private Projector(ProjectorConfig config, Network network) {
        this.config = config;
        this.network = network;
    }

    /** @throws dev.pargo.models.weights.CheckpointException if the weights do not fit */
    public static Projector load(StoredNetwork<? extends ProjectorConfig> stored, Placement placement) {
        return new Projector(stored.config(), Network.load(stored, placement));
    }

    public ProjectorConfig config() {
        return config;
    }

    /**
     * Projects pictures. All their pieces go through one forward pass.
     *
     * @param pictures features of the encoder that the projector was trained with
     * @return the visual tokens of each picture, [cells, outputWidth] in the projector's precision
     */
    public List<PictureRows> projectPictures(List<PictureRows> pictures) {
        List<HostTensor> pieces =
                pictures.stream().flatMap(picture -> picture.pieces().stream()).toList();
        long[] shapes = pictures.stream()
                .flatMapToLong(picture -> Arrays.stream(config.shapes(picture.layout())))
                .toArray();
        List<PictureLayout> layouts = pictures.stream()
                .map(picture -> config.layout(picture.layout()))
                .toList();
        return PictureRows.divide(network.run("project", pieces, shapes), layouts);
    }

    /**
     * Projects a batch.
     *
     * @param features tensors of shape [inputTokens, inputWidth], each float32, float16 or bfloat16
     * @return visual tokens of shape [batch, outputTokens, outputWidth] in the projector's precision
     */
    public HostTensor project(List<HostTensor> features) {
        return network.run("project", features);
    }

    /**
     * The cross-attention weights of the forward pass over one image's features: how much each query token attends to each patch.
     *
     * @param features [inputTokens, inputWidth], float32, float16 or bfloat16
     * @param groups   number of groups of neighbouring heads, over each of which the weights are averaged; divides the number of
     *                 heads
     * @return float32 of shape [cross-attention layers, groups, query tokens, patches]; sums to 1 over the patches
     * @throws IllegalStateException if the projector has no cross-attention
     */
    public HostTensor crossAttention(HostTensor features, int groups) {
        QueryLayout tokens = config.queryTokens()
                .orElseThrow(() -> new IllegalStateException(config.network() + " has no cross-attention"));
        if (groups < 1 || tokens.heads() % groups != 0) {
            throw new IllegalArgumentException("%d heads in %d groups".formatted(tokens.heads(), groups));
        }
        try (PtNDManager scope = network.newScope()) {
            PtNDArray input = NativeTensors.fromHost(scope, features);
            try (IValue output = network.call(
                    "cross_attention",
                    arguments -> arguments.addAll(List.of(input)).add(groups))) {
                HostTensor batch = NativeTensors.toHost(output.toTensor(scope), Precision.FLOAT32);
                long[] shape = {tokens.crossLayers().size(), groups, tokens.count(), tokens.patches()};
                return new HostTensor(DType.FLOAT32, shape, batch.data());
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}

package dev.pargo.models.projector;

import ai.djl.ndarray.types.Shape;
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

/** ParGo's partial-global projector; without partial tokens, a Q-Former. */
final class ParGoProjector implements Projector {

    private final ParGoConfig config;
    private final Network network;

    /** @param checkpoint a fusion checkpoint under its normalised names */
    ParGoProjector(ParGoConfig config, Checkpoint checkpoint, Placement placement) {
        this.config = config;
        checkpoint.require(config.parameters(), ParGoConfig::isUnused);
        this.network = Network.build(
                placement,
                "pargo",
                manager -> NativeWeights.load(
                                manager,
                                checkpoint,
                                config.parameters(),
                                placement.precision().dtype())
                        .arrays(),
                (arguments, manager) -> arguments
                        .add(config.layers())
                        .add(config.heads())
                        .add(config.crossEvery())
                        .add(config.eps())
                        .add(config.featureNormEps() == null ? 0 : config.featureNormEps())
                        .addAll(selfMasks(manager))
                        .addAll(crossMasks(manager)));
    }

    private List<PtNDArray> selfMasks(PtNDManager manager) {
        if (config.partial() == 0) {
            return List.of();
        }
        return config.radii().stream()
                .map(radius -> mask(manager, masks().selfAttention(radius)))
                .toList();
    }

    private List<PtNDArray> crossMasks(PtNDManager manager) {
        return config.partial() == 0 ? List.of() : List.of(mask(manager, masks().crossAttention(config.patches())));
    }

    private PartialGlobalMasks masks() {
        return new PartialGlobalMasks(config.partial(), config.queries() - config.partial());
    }

    private PtNDArray mask(PtNDManager manager, boolean[] mask) {
        return (PtNDArray) manager.create(mask, new Shape(config.queries(), mask.length / config.queries()));
    }

    @Override
    public int inputTokens() {
        return config.patches();
    }

    @Override
    public int inputWidth() {
        return config.encoderWidth();
    }

    @Override
    public int outputTokens() {
        return config.queries();
    }

    @Override
    public int outputWidth() {
        return config.llmWidth();
    }

    @Override
    public HostTensor project(List<HostTensor> features) {
        try (PtNDManager scope = network.newScope()) {
            List<PtNDArray> batch = features.stream()
                    .map(image -> NativeTensors.fromHost(scope, image))
                    .toList();
            try (IValue tokens = network.call("project", arguments -> arguments.addAll(batch))) {
                return NativeTensors.toHost(
                        tokens.toTensor(scope), network.placement().precision());
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}

package dev.pargo.models.projector;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.bundle.Manifest;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.util.List;

/** Projectors by the type that a bundle names. */
public final class Projectors {

    private Projectors() {}

    /**
     * Loads a bundle's projector.
     *
     * @throws BundleException if the bundle names an unknown type or its sizes contradict each other
     * @throws dev.pargo.models.weights.CheckpointException if the weights do not fit
     */
    public static Projector load(ModelBundle bundle, Placement placement) {
        Manifest.Projector projector = bundle.manifest().projector();
        if (!projector.type().equals("ParGo")) {
            throw new BundleException("bundle '%s' has an unknown projector type '%s': known is ParGo"
                    .formatted(bundle.name(), projector.type()));
        }
        Checkpoint checkpoint = checkpoint(bundle);
        try {
            return new ParGoProjector(pargo(bundle.manifest(), checkpoint), checkpoint, placement);
        } catch (IllegalArgumentException e) {
            throw new BundleException("bundle '%s': %s".formatted(bundle.name(), e.getMessage()), e);
        }
    }

    /** Fingerprint of the projector's weights and masks. */
    public static String fingerprint(ModelBundle bundle) {
        Manifest.Projector projector = bundle.manifest().projector();
        return new Fingerprint()
                .add("partial", projector.numLocalQueryToken())
                .add("radii", radii(projector))
                .add(checkpoint(bundle))
                .hex();
    }

    private static Checkpoint checkpoint(ModelBundle bundle) {
        return FusionCheckpoint.open(
                bundle.resolve(bundle.manifest().projector().file()));
    }

    private static ParGoConfig pargo(Manifest manifest, Checkpoint checkpoint) {
        Manifest.Projector projector = manifest.projector();
        int grid = manifest.image().size() / manifest.image().patchSize();
        return new ParGoConfig(
                projector.numQueryToken(),
                projector.numLocalQueryToken(),
                grid * grid,
                projector.encoderWidth(),
                projector.hiddenSize(),
                projector.numHiddenLayers(),
                projector.numAttentionHeads(),
                projector.intermediateSize(),
                projector.crossAttentionFreqOrDefault(),
                projector.maxPositionEmbeddingsOrDefault(),
                // The only size that a manifest need not name: it is that of the checkpoint's last layer.
                (int) checkpoint.get("llm_proj.weight").shape()[0],
                projector.epsOrDefault(),
                radii(projector),
                manifest.featureNormEpsOrDefault());
    }

    private static List<Integer> radii(Manifest.Projector projector) {
        return projector.cascade() == null
                ? PartialGlobalMasks.released(projector.numHiddenLayers())
                : projector.cascade().radii();
    }
}

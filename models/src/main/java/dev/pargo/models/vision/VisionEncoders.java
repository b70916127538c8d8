package dev.pargo.models.vision;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.bundle.Manifest;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.FusionCheckpoint;

/** Vision encoders by the type that a bundle names. */
public final class VisionEncoders {

    private VisionEncoders() {}

    /**
     * Loads a bundle's vision encoder.
     *
     * @throws BundleException if the bundle names an unknown type
     * @throws dev.pargo.models.weights.CheckpointException if the weights do not fit
     */
    public static VisionEncoder load(ModelBundle bundle, Placement placement) {
        Manifest.Vision vision = bundle.manifest().vision();
        if (!vision.type().equals("EVAVisionTransformer")) {
            throw new BundleException("bundle '%s' has an unknown vision type '%s': known is EVAVisionTransformer"
                    .formatted(bundle.name(), vision.type()));
        }
        return new Eva02VisionTransformer(eva02(bundle.manifest()), checkpoint(bundle), placement);
    }

    /** Fingerprint of the encoder's weights. */
    public static String fingerprint(ModelBundle bundle) {
        return Fingerprint.of(checkpoint(bundle));
    }

    private static Checkpoint checkpoint(ModelBundle bundle) {
        Manifest.Vision vision = bundle.manifest().vision();
        return FusionCheckpoint.open(bundle.resolve(vision.file())).stripPrefix(vision.prefixOrDefault());
    }

    private static Eva02Config eva02(Manifest manifest) {
        Manifest.Vision vision = manifest.vision();
        return new Eva02Config(
                manifest.image().size(),
                manifest.image().patchSize(),
                vision.width(),
                vision.layers(),
                vision.headsOrDefault(),
                vision.mlpHiddenOrDefault(),
                vision.pretrainedGridOrDefault(),
                vision.epsOrDefault());
    }
}

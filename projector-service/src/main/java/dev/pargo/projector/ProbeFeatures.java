package dev.pargo.projector;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.util.Random;

/** Features of noise, the same every time, with which a projector checks itself. */
final class ProbeFeatures {

    private static final int SIDE = 64;

    private ProbeFeatures() {}

    /** As many features as the bundle's encoder returns for a small picture. */
    static Projection of(ModelBundle bundle) {
        PictureLayout layout = bundle.vision().config().layout(bundle.pictures().layout(SIDE, SIDE, true));
        HostTensor rows = HostTensor.allocate(
                DType.FLOAT32, layout.cells(), bundle.projector().config().inputWidth());
        Random random = new Random(0);
        for (int i = 0; i < rows.elements(); i++) {
            rows.data().putFloat(i * Float.BYTES, (float) random.nextGaussian());
        }
        return new Projection(new PictureRows(layout, rows), 0);
    }
}

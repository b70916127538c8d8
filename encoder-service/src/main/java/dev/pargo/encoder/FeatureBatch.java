package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.stage.batch.ForwardPasses;
import java.util.List;
import java.util.function.Function;

/**
 * Encodes a batch: takes the pixels of several pictures and returns the features of each, ready to be sent. Pictures
 * share a forward pass as long as their features together are at most {@code maxRows}.
 *
 * @param maxRows most features of one pass
 */
record FeatureBatch(FeatureNetwork network, String fingerprint, long maxRows)
        implements Function<List<PicturePixels>, List<WireTensor>> {

    @Override
    public List<WireTensor> apply(List<PicturePixels> pictures) {
        return ForwardPasses.divide(pictures, this::rows, maxRows).stream()
                .flatMap(pass -> network.encode(pass).stream())
                .map(this::toWire)
                .toList();
    }

    private long rows(PicturePixels picture) {
        return network.config().layout(picture.layout()).cells();
    }

    private WireTensor toWire(PictureRows features) {
        TensorHeader.Builder header = TensorHeader.newBuilder()
                .setName(TensorSpec.FEATURES)
                .setDtype(DataType.valueOf(features.rows().dtype().name()))
                .setProducer(fingerprint)
                .addAllLayout(features.layout().numbers());
        for (long dimension : features.rows().shape()) {
            header.addShape(dimension);
        }
        return new WireTensor(header.build(), features.rows().data());
    }
}

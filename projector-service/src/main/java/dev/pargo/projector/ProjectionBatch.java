package dev.pargo.projector;

import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.stage.batch.ForwardPasses;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * Computes a batch: the visual tokens of several images in one forward pass, as long as their features together are at most
 * {@code maxRows}, and each requested cross-attention in a separate pass.
 *
 * @param maxRows most features of one pass
 */
record ProjectionBatch(Projector projector, String fingerprint, long maxRows)
        implements Function<List<Projection>, List<WireTensor>> {

    @Override
    public List<WireTensor> apply(List<Projection> batch) {
        List<PictureRows> features = batch.stream()
                .filter(Projection::wantsTokens)
                .map(Projection::features)
                .toList();
        Iterator<WireTensor> tokens = features.isEmpty()
                ? Collections.emptyIterator()
                : project(features).iterator();
        return batch.stream()
                .map(projection -> projection.wantsTokens() ? tokens.next() : attend(projection))
                .toList();
    }

    private WireTensor attend(Projection projection) {
        HostTensor attention = projector.crossAttention(projection.features().rows(), projection.attentionGroups());
        long patches = attention.shape()[attention.shape().length - 1];
        long[] rows = {attention.elements() / patches, patches};
        return toWire(TensorSpec.CROSS_ATTENTION, new HostTensor(attention.dtype(), rows, attention.data()), List.of());
    }

    private List<WireTensor> project(List<PictureRows> features) {
        return ForwardPasses.divide(features, picture -> picture.layout().cells(), maxRows).stream()
                .flatMap(pass -> projector.projectPictures(pass).stream())
                .map(picture -> toWire(
                        TensorSpec.VISUAL_TOKENS,
                        picture.rows(),
                        picture.layout().numbers()))
                .toList();
    }

    private WireTensor toWire(String name, HostTensor tensor, List<Integer> layout) {
        TensorHeader.Builder header = TensorHeader.newBuilder()
                .setName(name)
                .setDtype(DataType.valueOf(tensor.dtype().name()))
                .setProducer(fingerprint)
                .addAllLayout(layout);
        for (long dimension : tensor.shape()) {
            header.addShape(dimension);
        }
        return new WireTensor(header.build(), tensor.data());
    }
}

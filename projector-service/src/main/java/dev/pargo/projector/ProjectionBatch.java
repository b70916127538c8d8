package dev.pargo.projector;

import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One turn of the device: the visual tokens of several images in one forward pass, and the cross-attention of those for
 * which it was asked, each in a pass of its own.
 */
record ProjectionBatch(Projector projector, String fingerprint)
        implements Function<List<Projection>, List<WireTensor>> {

    @Override
    public List<WireTensor> apply(List<Projection> batch) {
        List<WireTensor> features = batch.stream()
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
        HostTensor attention = projector.crossAttention(toHost(projection.features()), projection.attentionGroups());
        long patches = attention.shape()[attention.shape().length - 1];
        long[] rows = {attention.elements() / patches, patches};
        return toWire(TensorSpec.CROSS_ATTENTION, new HostTensor(attention.dtype(), rows, attention.data()));
    }

    private List<WireTensor> project(List<WireTensor> features) {
        HostTensor tokens =
                projector.project(features.stream().map(ProjectionBatch::toHost).toList());
        return IntStream.range(0, features.size())
                .mapToObj(tokens::get)
                .map(image -> toWire(TensorSpec.VISUAL_TOKENS, image))
                .toList();
    }

    private static HostTensor toHost(WireTensor tensor) {
        TensorHeader header = tensor.header();
        long[] shape = header.getShapeList().stream().mapToLong(Long::longValue).toArray();
        return new HostTensor(DType.valueOf(header.getDtype().name()), shape, tensor.data());
    }

    private WireTensor toWire(String name, HostTensor tensor) {
        TensorHeader.Builder header = TensorHeader.newBuilder()
                .setName(name)
                .setDtype(DataType.valueOf(tensor.dtype().name()))
                .setProducer(fingerprint);
        for (long dimension : tensor.shape()) {
            header.addShape(dimension);
        }
        return new WireTensor(header.build(), tensor.data());
    }
}

package dev.pargo.projector;

import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** One forward pass: features of several images in, the visual tokens of each out, ready for the wire. */
record ProjectionBatch(Projector projector, String fingerprint)
        implements Function<List<WireTensor>, List<WireTensor>> {

    @Override
    public List<WireTensor> apply(List<WireTensor> features) {
        HostTensor tokens =
                projector.project(features.stream().map(ProjectionBatch::toHost).toList());
        return IntStream.range(0, features.size())
                .mapToObj(tokens::get)
                .map(this::toWire)
                .toList();
    }

    private static HostTensor toHost(WireTensor tensor) {
        TensorHeader header = tensor.header();
        long[] shape = header.getShapeList().stream().mapToLong(Long::longValue).toArray();
        return new HostTensor(DType.valueOf(header.getDtype().name()), shape, tensor.data());
    }

    private WireTensor toWire(HostTensor tokens) {
        TensorHeader.Builder header = TensorHeader.newBuilder()
                .setName(TensorSpec.VISUAL_TOKENS)
                .setDtype(DataType.valueOf(tokens.dtype().name()))
                .setProducer(fingerprint);
        for (long dimension : tokens.shape()) {
            header.addShape(dimension);
        }
        return new WireTensor(header.build(), tokens.data());
    }
}

package dev.pargo.encoder;

import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** One forward pass: pixel values of several images in, the features of each out, ready for the wire. */
record FeatureBatch(VisionEncoder encoder, String fingerprint) implements Function<List<HostTensor>, List<WireTensor>> {

    @Override
    public List<WireTensor> apply(List<HostTensor> pixelValues) {
        HostTensor features = encoder.encode(pixelValues);
        return IntStream.range(0, pixelValues.size())
                .mapToObj(features::get)
                .map(this::toWire)
                .toList();
    }

    private WireTensor toWire(HostTensor features) {
        TensorHeader.Builder header = TensorHeader.newBuilder()
                .setName(TensorSpec.FEATURES)
                .setDtype(DataType.valueOf(features.dtype().name()))
                .setProducer(fingerprint);
        for (long dimension : features.shape()) {
            header.addShape(dimension);
        }
        return new WireTensor(header.build(), features.data());
    }
}

package dev.pargo.gateway.loopback;

import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TokenTensor;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Tensors filled with one byte. */
final class Tensors {

    private Tensors() {}

    static void send(
            String name,
            TokenTensor shape,
            String producer,
            byte fill,
            Behaviour behaviour,
            StreamObserver<TensorChunk> response) {
        byte[] data = new byte[shape.getTokens() * shape.getWidth() * TensorSpec.bytes(shape.getDtypes(0))];
        Arrays.fill(data, fill);
        TensorHeader header = TensorHeader.newBuilder()
                .setName(name)
                .setDtype(shape.getDtypes(0))
                .addShape(shape.getTokens())
                .addShape(shape.getWidth())
                .setProducer(producer)
                .build();
        StageReport report = StageReport.newBuilder()
                .setQueueMicros(10)
                .setNetworkMicros(1000)
                .build();
        new WireTensor(header, ByteBuffer.wrap(data))
                .chunks(report)
                .forEachRemaining(chunk -> response.onNext(behaviour.carry(chunk)));
        response.onCompleted();
    }

    static <T> StreamObserver<T> ignoring() {
        return new StreamObserver<>() {
            @Override
            public void onNext(T part) {}

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {}
        };
    }
}

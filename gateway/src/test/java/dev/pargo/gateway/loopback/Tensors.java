package dev.pargo.gateway.loopback;

import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TokenTensor;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        TensorHeader header = header(name, shape.getDtypes(0), shape.getTokens(), shape.getWidth(), producer);
        send(new WireTensor(header, ByteBuffer.wrap(data)), behaviour, response);
    }

    /** In row r of this tensor all numbers are r thousandths. */
    static void sendRows(
            String name,
            int rows,
            int columns,
            String producer,
            Behaviour behaviour,
            StreamObserver<TensorChunk> response) {
        ByteBuffer data = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * columns; i++) {
            data.putFloat(i / columns / 1000f);
        }
        TensorHeader header = header(name, DataType.FLOAT32, rows, columns, producer);
        send(new WireTensor(header, data.flip()), behaviour, response);
    }

    private static TensorHeader header(String name, DataType dtype, int rows, int columns, String producer) {
        return TensorHeader.newBuilder()
                .setName(name)
                .setDtype(dtype)
                .addShape(rows)
                .addShape(columns)
                .setProducer(producer)
                .build();
    }

    private static void send(WireTensor tensor, Behaviour behaviour, StreamObserver<TensorChunk> response) {
        StageReport report = StageReport.newBuilder()
                .setQueueMicros(10)
                .setNetworkMicros(1000)
                .build();
        tensor.chunks(report).forEachRemaining(chunk -> response.onNext(behaviour.carry(chunk)));
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

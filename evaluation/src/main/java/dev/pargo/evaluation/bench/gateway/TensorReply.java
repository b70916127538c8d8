package dev.pargo.evaluation.bench.gateway;

import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.StreamObserver;

/** Reads a request to its end, ignores it, and answers with a fixed tensor. */
final class TensorReply<Q> implements StreamObserver<Q> {

    private final StreamObserver<TensorChunk> response;
    private final WireTensor tensor;

    TensorReply(StreamObserver<TensorChunk> response, WireTensor tensor) {
        this.response = response;
        this.tensor = tensor;
    }

    @Override
    public void onNext(Q part) {}

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
        tensor.chunks(StageReport.getDefaultInstance()).forEachRemaining(response::onNext);
        response.onCompleted();
    }
}

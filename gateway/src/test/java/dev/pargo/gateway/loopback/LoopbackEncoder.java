package dev.pargo.gateway.loopback;

import com.google.protobuf.ByteString;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.StreamObserver;

/** Fills its features with the image's first byte. */
public final class LoopbackEncoder extends EncoderGrpc.EncoderImplBase {

    public final Behaviour behaviour = new Behaviour();
    public volatile EncoderDescription description;

    /** The fingerprint in the tensor's header; if empty, the described one. */
    public volatile String producer = "";

    LoopbackEncoder(EncoderDescription description) {
        this.description = description;
    }

    /** Does not describe itself. */
    public volatile boolean reticent;

    @Override
    public void describe(DescribeRequest request, StreamObserver<EncoderDescription> response) {
        if (reticent) {
            return;
        }
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<EncodeRequest> encode(StreamObserver<TensorChunk> response) {
        if (!behaviour.takes(response)) {
            return Tensors.ignoring();
        }
        return new StreamObserver<>() {
            private ByteString image = ByteString.EMPTY;
            private long size;

            @Override
            public void onNext(EncodeRequest part) {
                size += part.getHeader().getSizeBytes();
                image = image.concat(part.getData());
            }

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {
                if (behaviour.hang) {
                    return;
                }
                if (image.size() != size) {
                    response.onError(new IllegalStateException("announced " + size + ", got " + image.size()));
                    return;
                }
                String made = producer.isEmpty() ? description.getIdentity().getFingerprint() : producer;
                behaviour.answer(
                        response,
                        () -> Tensors.send(
                                TensorSpec.FEATURES,
                                description.getOutput(),
                                made,
                                image.byteAt(0),
                                behaviour,
                                response));
            }
        };
    }
}

package dev.pargo.gateway.loopback;

import dev.pargo.proto.TensorFraming;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.QueryTokens;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.StreamObserver;

/**
 * Fills its visual tokens with the features' last byte. If its description has query tokens, their cross-attention is, in row r
 * of the answer, r thousandths for every patch.
 */
public final class LoopbackProjector extends ProjectorGrpc.ProjectorImplBase {

    public final Behaviour behaviour = new Behaviour();
    public volatile ProjectorDescription description;

    LoopbackProjector(ProjectorDescription description) {
        this.description = description;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<ProjectorDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<TensorChunk> project(StreamObserver<TensorChunk> response) {
        if (!behaviour.takes(response)) {
            return Tensors.ignoring();
        }
        TensorFraming framing = new TensorFraming(TensorSpec.exactly(TensorSpec.FEATURES, description.getInput()));
        return new StreamObserver<>() {
            private byte last;

            @Override
            public void onNext(TensorChunk chunk) {
                framing.accept(chunk);
                if (chunk.hasHeader()) {
                    behaviour.producers.add(chunk.getHeader().getProducer());
                }
                if (!chunk.getData().isEmpty()) {
                    last = chunk.getData().byteAt(chunk.getData().size() - 1);
                }
            }

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {
                if (!behaviour.hang) {
                    framing.complete();
                    Tensors.send(
                            TensorSpec.VISUAL_TOKENS,
                            description.getOutput(),
                            description.getIdentity().getFingerprint(),
                            last,
                            behaviour,
                            response);
                }
            }
        };
    }

    @Override
    public StreamObserver<AttendRequest> attend(StreamObserver<TensorChunk> response) {
        if (!behaviour.takes(response)) {
            return Tensors.ignoring();
        }
        TensorFraming framing = new TensorFraming(TensorSpec.exactly(TensorSpec.FEATURES, description.getInput()));
        return new StreamObserver<>() {
            private int groups;

            @Override
            public void onNext(AttendRequest part) {
                if (part.hasOptions()) {
                    groups = part.getOptions().getGroups();
                } else {
                    framing.accept(part.getFeatures());
                }
            }

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {
                framing.complete();
                QueryTokens tokens = description.getQueryTokens();
                int rows = tokens.getCrossLayersCount() * groups * (tokens.getPartial() + tokens.getGlobal());
                Tensors.sendRows(
                        TensorSpec.CROSS_ATTENTION,
                        rows,
                        tokens.getPatches(),
                        description.getIdentity().getFingerprint(),
                        behaviour,
                        response);
            }
        };
    }
}

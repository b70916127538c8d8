package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.TensorChunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns one image into visual tokens: through the encoder and, chunk by chunk as they come, on to the projector. */
final class VisionPath {

    private static final int CHUNK_BYTES = 256 * 1024;

    private final ModelSet.Vision vision;
    private final StageCalls calls;
    private final VisualBudget.Share share;
    private final Timings timings;

    VisionPath(ModelSet.Vision vision, StageCalls calls, VisualBudget.Share share, Timings timings) {
        this.vision = vision;
        this.calls = calls;
        this.share = share;
        this.timings = timings;
    }

    /** @throws GatewayException BUSY if there is no room for the visual tokens */
    VisualTokens run(byte[] image) throws StageException, SetGoneException {
        long start = System.nanoTime();
        try (StageCall<EncodeRequest, TensorChunk> encode = calls.encode()) {
            sendImage(image, encode);
            TensorStream features = TensorStream.open(
                    encode,
                    TensorSpec.exactly(TensorSpec.FEATURES, vision.encoder().getOutput()),
                    vision.encoder().getIdentity().getFingerprint());
            try (StageCall<TensorChunk, TensorChunk> project = calls.project()) {
                relay(features, project);
                long encoded = System.nanoTime();
                timings.encoded(encoded - start, features.report().getNetworkMicros());
                TensorStream visual = TensorStream.open(
                        project,
                        TensorSpec.exactly(
                                TensorSpec.VISUAL_TOKENS, vision.projector().getOutput()),
                        vision.projector().getIdentity().getFingerprint());
                VisualTokens tokens = collect(visual);
                timings.projected(System.nanoTime() - encoded, visual.report().getNetworkMicros());
                return tokens;
            }
        }
    }

    private static void sendImage(byte[] image, StageCall<EncodeRequest, ?> encode) throws StageException {
        encode.send(Checksums.seal(
                EncodeRequest.newBuilder().setHeader(ImageHeader.newBuilder().setSizeBytes(image.length))));
        for (int offset = 0; offset < image.length; offset += CHUNK_BYTES) {
            int bytes = Math.min(CHUNK_BYTES, image.length - offset);
            ByteString chunk = UnsafeByteOperations.unsafeWrap(image, offset, bytes);
            encode.send(Checksums.seal(EncodeRequest.newBuilder().setData(chunk)));
        }
        encode.complete();
    }

    private static void relay(TensorStream features, StageCall<TensorChunk, ?> project) throws StageException {
        project.send(features.header());
        @Nullable TensorChunk chunk;
        while ((chunk = features.next()) != null) {
            project.send(chunk);
        }
        project.complete();
    }

    private VisualTokens collect(TensorStream visual) throws StageException {
        List<TensorChunk> chunks = new ArrayList<>(List.of(visual.header()));
        @Nullable TensorChunk chunk;
        while ((chunk = visual.next()) != null) {
            share.add(chunk.getData().size());
            chunks.add(chunk);
        }
        return new VisualTokens(chunks);
    }
}

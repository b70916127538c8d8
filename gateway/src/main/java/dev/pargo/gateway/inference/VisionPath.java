package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.AttendOptions;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.QueryTokens;
import dev.pargo.proto.v1.TensorChunk;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes one image through the encoder and, chunk by chunk as its features come, on to the projector: for visual tokens,
 * or for what they look at.
 */
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

    /**
     * The cross-attention of the projector's forward pass.
     *
     * @throws GatewayException BUSY if there is no room for the answer
     */
    CrossAttention attend(byte[] image, HeadGroups groups) throws StageException, SetGoneException {
        try (StageCall<EncodeRequest, TensorChunk> encode = calls.encode()) {
            TensorStream features = features(image, false, encode);
            try (StageCall<AttendRequest, TensorChunk> attend = attending(groups)) {
                relay(features, chunk -> attend.send(part(chunk)));
                attend.complete();
                return weights(attend, groups, share);
            }
        }
    }

    /**
     * The visual tokens of an image and, from the same features, the cross-attention.
     *
     * @param amongOthers whether the prompt shows other images too
     * @param kept        counts the cross-attention, which outlives the visual tokens
     * @throws GatewayException BUSY if there is no room for both
     */
    Projected run(byte[] image, boolean amongOthers, HeadGroups groups, VisualBudget.Share kept)
            throws StageException, SetGoneException {
        long start = System.nanoTime();
        try (StageCall<EncodeRequest, TensorChunk> encode = calls.encode()) {
            TensorStream features = features(image, amongOthers, encode);
            try (StageCall<TensorChunk, TensorChunk> project = calls.project();
                    StageCall<AttendRequest, TensorChunk> attend = attending(groups)) {
                relay(features, chunk -> {
                    project.send(chunk);
                    attend.send(part(chunk));
                });
                project.complete();
                attend.complete();
                long encoded = System.nanoTime();
                timings.recordEncoding(encoded - start, features.report());
                VisualTokens tokens = tokens(project, encoded);
                return new Projected(tokens, weights(attend, groups, kept), timings);
            }
        }
    }

    /**
     * The visual tokens of an image.
     *
     * @param amongOthers whether the prompt shows other images too
     * @throws GatewayException BUSY if there is no room for the visual tokens
     */
    VisualTokens run(byte[] image, boolean amongOthers) throws StageException, SetGoneException {
        long start = System.nanoTime();
        try (StageCall<EncodeRequest, TensorChunk> encode = calls.encode()) {
            TensorStream features = features(image, amongOthers, encode);
            try (StageCall<TensorChunk, TensorChunk> project = calls.project()) {
                relay(features, project::send);
                project.complete();
                long encoded = System.nanoTime();
                timings.recordEncoding(encoded - start, features.report());
                return tokens(project, encoded);
            }
        }
    }

    private TensorStream features(byte[] image, boolean amongOthers, StageCall<EncodeRequest, TensorChunk> encode)
            throws StageException {
        sendImage(image, amongOthers, encode);
        return TensorStream.open(
                encode,
                TensorSpec.described(TensorSpec.FEATURES, vision.encoder().getOutput()),
                vision.encoder().getIdentity().getFingerprint());
    }

    private static void sendImage(byte[] image, boolean amongOthers, StageCall<EncodeRequest, ?> encode)
            throws StageException {
        encode.send(Checksums.seal(EncodeRequest.newBuilder()
                .setHeader(ImageHeader.newBuilder().setSizeBytes(image.length).setAmongOthers(amongOthers))));
        for (int offset = 0; offset < image.length; offset += CHUNK_BYTES) {
            int bytes = Math.min(CHUNK_BYTES, image.length - offset);
            ByteString chunk = UnsafeByteOperations.unsafeWrap(image, offset, bytes);
            encode.send(Checksums.seal(EncodeRequest.newBuilder().setData(chunk)));
        }
        encode.complete();
    }

    private static void relay(TensorStream features, Receiver projector) throws StageException {
        projector.send(features.header());
        @Nullable TensorChunk chunk;
        while ((chunk = features.next()) != null) {
            projector.send(chunk);
        }
    }

    private interface Receiver {
        void send(TensorChunk chunk) throws StageException;
    }

    private StageCall<AttendRequest, TensorChunk> attending(HeadGroups groups) throws StageException, SetGoneException {
        StageCall<AttendRequest, TensorChunk> attend = calls.attend();
        try {
            attend.send(AttendRequest.newBuilder()
                    .setOptions(AttendOptions.newBuilder().setGroups(groups.count()))
                    .build());
        } catch (StageException | RuntimeException failure) {
            attend.close();
            throw failure;
        }
        return attend;
    }

    private static AttendRequest part(TensorChunk chunk) {
        return AttendRequest.newBuilder().setFeatures(chunk).build();
    }

    private CrossAttention weights(
            StageCall<AttendRequest, TensorChunk> attend, HeadGroups groups, VisualBudget.Share kept)
            throws StageException {
        QueryTokens tokens = vision.projector().getQueryTokens();
        int rows = groups.rows(tokens);
        kept.add(rows * tokens.getPatches() * Float.BYTES);
        TensorSpec expected =
                new TensorSpec(TensorSpec.CROSS_ATTENTION, Set.of(DataType.FLOAT32), rows, rows, tokens.getPatches());
        TensorStream answer = TensorStream.open(
                attend, expected, vision.projector().getIdentity().getFingerprint());
        TensorAssembler weights = new TensorAssembler(expected);
        weights.accept(answer.header());
        @Nullable TensorChunk chunk;
        while ((chunk = answer.next()) != null) {
            weights.accept(chunk);
        }
        FloatBuffer floats = weights.finish()
                .data()
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        return new CrossAttention(tokens, vision.encoder().getResizeMode(), groups.count(), floats);
    }

    /** @param encoded when the features were complete, in the time of System.nanoTime */
    private VisualTokens tokens(StageCall<TensorChunk, TensorChunk> project, long encoded) throws StageException {
        TensorStream visual = TensorStream.open(
                project,
                TensorSpec.described(
                        TensorSpec.VISUAL_TOKENS, vision.projector().getOutput()),
                vision.projector().getIdentity().getFingerprint());
        VisualTokens tokens = collect(visual);
        timings.recordProjection(System.nanoTime() - encoded, visual.report());
        return tokens;
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

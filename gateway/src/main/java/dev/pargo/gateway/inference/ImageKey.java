package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.pipeline.PipelineState.Vision;
import dev.pargo.proto.v1.StageIdentity;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What decides an image's visual tokens: the file, and who makes them. Where the stages run does not.
 *
 * @param sha256 of the image file
 */
record ImageKey(ByteString sha256, StageIdentity encoder, StageIdentity projector) {

    static ImageKey of(byte[] image, Vision vision) {
        return new ImageKey(
                sha256(image),
                placeless(vision.encoder().getIdentity()),
                placeless(vision.projector().getIdentity()));
    }

    private static StageIdentity placeless(StageIdentity identity) {
        return identity.toBuilder().clearDevice().build();
    }

    private static ByteString sha256(byte[] image) {
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(image));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}

package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.v1.StageIdentity;

/**
 * What decides an image's visual tokens: the file, and who makes them. Where the stages run does not.
 *
 * @param sha256 of the image file
 */
record ImageKey(ByteString sha256, StageIdentity encoder, StageIdentity projector) {

    static ImageKey of(InferenceRequest.Image image, ModelSet.Vision vision) {
        return new ImageKey(image.sha256(), vision.encoderWeights(), vision.projectorWeights());
    }
}

package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.v1.StageIdentity;

/**
 * What decides an image's visual tokens: the file, who makes them, and for some models whether the prompt shows other images. Where
 * the stages run does not.
 *
 * @param sha256      of the image file
 * @param amongOthers whether it counts that there are others
 * @param salt        of the requests that may share them
 */
record ImageKey(ByteString sha256, StageIdentity encoder, StageIdentity projector, boolean amongOthers, String salt) {

    static ImageKey of(InferenceRequest.Image image, ModelSet.Vision vision, boolean amongOthers, String salt) {
        return new ImageKey(
                image.sha256(),
                vision.encoderWeights(),
                vision.projectorWeights(),
                amongOthers && vision.encoder().getLooksCloserAlone(),
                salt);
    }
}

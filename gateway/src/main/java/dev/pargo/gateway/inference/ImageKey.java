package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.proto.v1.StageIdentity;

/**
 * Everything that determines an image's visual tokens: the file, the weights of encoder and projector, and for some
 * models whether the prompt has other images. The location of the stages does not matter.
 *
 * @param sha256      of the image file
 * @param amongOthers whether the prompt has other images and the model encodes images differently then
 * @param salt        salt of the requests that may share the tokens
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

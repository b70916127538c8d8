package dev.pargo.gateway.inference;

import dev.pargo.gateway.prompt.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import java.util.List;

/**
 * What a model is to answer, and how.
 *
 * @param images   in the order of the conversation
 * @param decoding how the answers are to be written: a start without request id and prompt
 */
public record InferenceRequest(Conversation conversation, List<Image> images, GenerateStart decoding) {

    /**
     * An image file.
     *
     * @param bytes the file; not written to any more
     * @param param path of the field it came in, for error messages
     */
    public record Image(byte[] bytes, String param) {}
}

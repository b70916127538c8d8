package dev.pargo.gateway.inference;

import dev.pargo.gateway.prompt.Conversation;
import dev.pargo.proto.v1.Sampling;
import java.util.List;

/**
 * What a model is to answer, and how.
 *
 * @param images    in the order of the conversation
 * @param maxTokens most tokens to write; 0 for the model's default
 * @param stop      the answer ends before the first of these
 */
public record InferenceRequest(
        Conversation conversation, List<Image> images, Sampling sampling, int maxTokens, List<String> stop) {

    /**
     * An image file.
     *
     * @param bytes the file; not written to any more
     * @param param path of the field it came in, for error messages
     */
    public record Image(byte[] bytes, String param) {}
}

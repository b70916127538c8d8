package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.TensorHeader;
import java.util.List;

/**
 * One image as the LLM sees it: [tokens, width of the LLM], as it came from the projector.
 *
 * @param data the bytes in order, in the pieces they came in
 */
record VisualTokens(TensorHeader header, List<ByteString> data) {

    int tokens() {
        return Math.toIntExact(header.getShape(0));
    }

    int bytes() {
        return data.stream().mapToInt(ByteString::size).sum();
    }
}

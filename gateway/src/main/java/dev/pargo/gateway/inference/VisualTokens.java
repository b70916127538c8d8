package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.TensorChunk;
import java.util.List;

/**
 * One image as the LLM sees it: [tokens, width of the LLM], as it came from the projector.
 *
 * @param chunks the header, then the bytes in order, unaltered: they carry the projector's checksums
 */
record VisualTokens(List<TensorChunk> chunks) {

    int tokens() {
        return Math.toIntExact(chunks.get(0).getHeader().getShape(0));
    }

    int bytes() {
        return chunks.stream().mapToInt(chunk -> chunk.getData().size()).sum();
    }
}

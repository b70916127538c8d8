package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import java.util.List;

/**
 * The visual tokens of one image, [tokens, width of the LLM], as the projector sent them.
 *
 * @param chunks the header, then the bytes in order, unchanged, with the projector's checksums
 */
record VisualTokens(List<TensorChunk> chunks) {

    TensorHeader header() {
        return chunks.get(0).getHeader();
    }

    int tokens() {
        return Math.toIntExact(header().getShape(0));
    }

    int bytes() {
        return chunks.stream().mapToInt(chunk -> chunk.getData().size()).sum();
    }
}

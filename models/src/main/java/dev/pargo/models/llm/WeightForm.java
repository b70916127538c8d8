package dev.pargo.models.llm;

import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;

/**
 * How a decoder's linear layers store their weights. The order of the constants is that of {@code form} in decoder.py.
 */
enum WeightForm {
    /** As stored: views of the mapped file, shared between processes. */
    STORED,
    /** In oneDNN's blocked layout: takes private memory, and is twice as fast for a single sequence. */
    BLOCKED,
    /** 8-bit integers. */
    INT8,
    /** 4-bit integers. */
    INT4,
    /** As stored, but matrices with the same input are joined, which saves a GPU's launches. */
    JOINED;

    /** @param keepsBits whether the layer is not quantised to 4 bits, see linear.py */
    int bits(Precision precision, boolean keepsBits) {
        return switch (this) {
            case INT8 -> 8;
            // Each run of 32 weights has a 16-bit scale and a 16-bit minimum.
            case INT4 -> keepsBits ? 16 : 4 + 2 * 16 / 32;
            case STORED, BLOCKED, JOINED -> precision.weights().bytes() * Byte.SIZE;
        };
    }

    /**
     * Temporary bytes for each weight during packing: the joined copy, its float32 copy, and the integers before they
     * are packed.
     */
    int temporaryBytes() {
        return switch (this) {
            case STORED -> 0;
            case BLOCKED -> 2;
            case JOINED -> 4;
            case INT8 -> 2 + 4 + 1;
            case INT4 -> 2 + 4 + 4;
        };
    }

    static WeightForm of(Placement placement) {
        if (placement.device().isGpu()) {
            return JOINED;
        }
        return switch (placement.precision()) {
            case INT8 -> INT8;
            case INT4 -> INT4;
            case BFLOAT16 -> placement.packsWeights() ? BLOCKED : STORED;
            case FLOAT32, FLOAT16 -> STORED;
        };
    }
}

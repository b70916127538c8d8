package dev.pargo.models.llm;

import dev.pargo.models.torch.Placement;

/** How a decoder's linear layers hold their weights; the order is that of {@code form} in decoder.py. */
enum WeightForm {
    /** As stored: views of the mapped file, shared between processes. */
    STORED,
    /** In oneDNN's blocked layout: private memory, and twice as fast for a single sequence. */
    BLOCKED,
    /** 8-bit integers. */
    INT8,
    /** 4-bit integers. */
    INT4;

    static WeightForm of(Placement placement) {
        return switch (placement.precision()) {
            case INT8 -> INT8;
            case INT4 -> INT4;
            case BFLOAT16 -> placement.packsWeights() && !placement.device().isGpu() ? BLOCKED : STORED;
            case FLOAT32, FLOAT16 -> STORED;
        };
    }
}

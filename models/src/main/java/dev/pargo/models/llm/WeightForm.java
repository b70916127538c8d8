package dev.pargo.models.llm;

import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;

/** How a decoder's linear layers hold their weights; the order is that of {@code form} in decoder.py. */
enum WeightForm {
    /** As stored: views of the mapped file, shared between processes. */
    STORED,
    /** In oneDNN's blocked layout: private memory, and twice as fast for a single sequence. */
    BLOCKED,
    /** 8-bit integers. */
    INT8;

    static WeightForm of(Placement placement) {
        if (placement.precision().isQuantized()) {
            return INT8;
        }
        boolean blocked = placement.packsWeights()
                && placement.precision() == Precision.BFLOAT16
                && !placement.device().isGpu();
        return blocked ? BLOCKED : STORED;
    }
}

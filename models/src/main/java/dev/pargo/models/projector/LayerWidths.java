package dev.pargo.models.projector;

import dev.pargo.models.weights.Checkpoint;

/** Sizes of a projector that its manifest does not give, because the LLM's width determines them. */
@FunctionalInterface
public interface LayerWidths {

    /**
     * The size of a matrix along an axis.
     *
     * @param matrix published name of a matrix whose size along this axis is the LLM's width
     */
    int of(String matrix, int axis);

    /** Reads the sizes from a checkpoint. 0 if there is no such matrix; that is reported when the network is checked. */
    static LayerWidths stored(Checkpoint checkpoint) {
        return (matrix, axis) -> {
            boolean there = checkpoint.tensors().containsKey(matrix)
                    && checkpoint.get(matrix).shape().length == 2;
            return there ? (int) checkpoint.get(matrix).shape()[axis] : 0;
        };
    }

    /** The sizes of a projector that is to be written for an LLM of this width. */
    static LayerWidths planned(int llmWidth) {
        return (matrix, axis) -> llmWidth;
    }
}

package dev.pargo.models.vision;

import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.Checkpoint;

/** Checks and parsing that the configurations of vision towers share. */
final class Tower {

    private Tower() {}

    /** @throws IllegalArgumentException if the sizes contradict each other */
    static void check(int imageSize, int patchSize, int width, int heads) {
        if (imageSize < patchSize) {
            throw new IllegalArgumentException(
                    "an image of %d pixels is smaller than a patch of %d".formatted(imageSize, patchSize));
        }
        if (width % heads != 0) {
            throw new IllegalArgumentException("width %d is not divisible by %d heads".formatted(width, heads));
        }
    }

    /** The same for a position table with one row for CLS before those of the patches. */
    static int tableGrid(Checkpoint checkpoint, String table, int otherwise) {
        return tableGrid(checkpoint, table, 1, otherwise);
    }

    /**
     * Side of the grid of a checkpoint's position table.
     *
     * @param table     name of the table, [..., before + grid * grid, width]
     * @param before    rows before those of the patches
     * @param otherwise result if there is no such table, or its grid is not square
     */
    static int tableGrid(Checkpoint checkpoint, String table, int before, int otherwise) {
        if (!checkpoint.tensors().containsKey(table)) {
            return otherwise;
        }
        long[] shape = checkpoint.get(table).shape();
        long patches = shape.length < 2 ? 0 : shape[shape.length - 2] - before;
        int side = (int) Math.sqrt(patches);
        return side > 0 && (long) side * side == patches ? side : otherwise;
    }

    /**
     * Whether a tensor belongs to a block that is not run: its name begins with {@code prefix + N} where N is at least {@code
     * blocks}.
     */
    static boolean isBehind(String tensor, String prefix, int blocks) {
        if (!tensor.startsWith(prefix)) {
            return false;
        }
        String number = tensor.substring(prefix.length()).split("\\.", 2)[0];
        return number.matches("\\d{1,4}") && Integer.parseInt(number) >= blocks;
    }

    /** Adds the arguments that vit.py, the program of plain vision transformers, takes after the weights. */
    static void addTo(
            Arguments arguments,
            SquareTower tower,
            int heads,
            double eps,
            Activation activation,
            FeatureSelection features,
            Placement placement) {
        arguments
                .add(tower.patchSize())
                .add(tower.grid())
                .add(features.blocks())
                .add(heads)
                .add(eps)
                .add(activation.ordinal())
                .add(features.stateArray())
                .add(features.dropsFirst())
                .add(placement.precision() == Precision.INT8);
    }
}

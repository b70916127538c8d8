package dev.pargo.models.weights;

/**
 * A parameter that a network needs.
 *
 * @param role  name in the network's program
 * @param name  name in the checkpoint
 * @param shape dimensions, outermost first; empty for a scalar
 */
public record ParameterSpec(String role, String name, long[] shape) {

    /** A parameter with the same name in the program and in the checkpoint. */
    public ParameterSpec(String name, long... shape) {
        this(name, name, shape);
    }
}

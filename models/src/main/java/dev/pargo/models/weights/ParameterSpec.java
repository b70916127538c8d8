package dev.pargo.models.weights;

/**
 * A parameter that a network needs.
 *
 * @param name  name in the checkpoint
 * @param shape dimensions, outermost first; empty for a scalar
 */
public record ParameterSpec(String name, long... shape) {}

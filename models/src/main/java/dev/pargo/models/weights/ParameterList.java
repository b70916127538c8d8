package dev.pargo.models.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * Lists a network's parameters layer by layer. Each method takes the layer's name in the network's program and its
 * published name, or one name for both. Not thread-safe.
 */
public final class ParameterList {

    private final List<ParameterSpec> specs = new ArrayList<>();

    public ParameterList tensor(String role, String name, long[] shape) {
        specs.add(new ParameterSpec(role, name, shape));
        return this;
    }

    public ParameterList tensor(String name, long... shape) {
        return tensor(name, name, shape);
    }

    /** A matrix [out, in], named {@code .weight}. */
    public ParameterList matrix(String role, String name, long out, long in) {
        return tensor(role + ".weight", name + ".weight", new long[] {out, in});
    }

    public ParameterList matrix(String name, long out, long in) {
        return matrix(name, name, out, in);
    }

    /** A matrix [out, in] and a bias [out]. */
    public ParameterList linear(String role, String name, long out, long in) {
        return matrix(role, name, out, in).bias(role, name, out);
    }

    public ParameterList linear(String name, long out, long in) {
        return linear(name, name, out, in);
    }

    public ParameterList bias(String role, String name, long width) {
        return tensor(role + ".bias", name + ".bias", new long[] {width});
    }

    /** A scale [width], named {@code .weight}. */
    public ParameterList scale(String role, String name, long width) {
        return tensor(role + ".weight", name + ".weight", new long[] {width});
    }

    /** A layer norm: scale and bias [width]. */
    public ParameterList norm(String role, String name, long width) {
        return scale(role, name, width).bias(role, name, width);
    }

    public ParameterList norm(String name, long width) {
        return norm(name, name, width);
    }

    public List<ParameterSpec> toList() {
        return List.copyOf(specs);
    }
}

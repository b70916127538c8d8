package dev.pargo.models.network;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The dimensions of a network. They determine everything except the values of its parameters. Immutable. */
public interface NetworkConfig {

    /** The architecture's name on the wire, e.g. {@code eva02-clip}. */
    String network();

    /** The network's parameters by their published names. */
    List<ParameterSpec> parameters();

    /** Whether a checkpoint may contain a tensor of this name although the network does not use it. */
    boolean ignores(String tensor);

    /** The TorchScript program that runs the network, by its file's name without extension. */
    String program();

    /** The files that the program uses. */
    default List<String> libraries() {
        return List.of("int8", "nn");
    }

    /** Whether a parameter can have unmerged updates, so that each row of an input chooses its update. */
    default boolean takesUpdates(ParameterSpec parameter) {
        return false;
    }

    /** The integers to which the program can quantise its weights; only on a CPU. */
    default Set<Precision> integerForms() {
        return Set.of();
    }

    /** How the program packs a parameter; empty if it keeps the parameter as it was loaded. */
    default Optional<Packing> packing(ParameterSpec parameter, Placement placement) {
        return Optional.empty();
    }

    /**
     * Adds the arguments of the program's {@code build} method that follow the weights.
     *
     * @param manager   owns small tensors that are made here, such as masks
     * @param placement where the network is to run, and in which arithmetic
     */
    void addTo(Arguments arguments, PtNDManager manager, Placement placement);
}

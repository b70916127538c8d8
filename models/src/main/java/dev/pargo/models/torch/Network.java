package dev.pargo.models.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A network on its device: a TorchScript program, the object that it built from the weights, and the weights' memory.
 *
 * <p>Calls are thread-safe. {@link #close} must not race with a call.
 */
public final class Network implements AutoCloseable {

    private final Placement placement;
    private final PtNDManager manager;
    private final Script script;
    private final IValue instance;

    private Network(Placement placement, PtNDManager manager, Script script, IValue instance) {
        this.placement = placement;
        this.manager = manager;
        this.script = script;
        this.instance = instance;
    }

    /** Supplies the weights, as arrays that live on the given manager. */
    public interface Weights {
        Map<String, PtNDArray> load(PtNDManager manager);
    }

    /** Adds what a network's {@code build} method takes after the weights; small tensors may live on the manager. */
    public interface Hyperparameters {
        void addTo(Arguments arguments, PtNDManager manager);
    }

    /** Compiles the program, loads the weights and builds the network; frees everything if one of these fails. */
    public static Network build(Placement placement, String program, Weights weights, Hyperparameters hyperparameters) {
        PtNDManager manager = placement.newManager();
        try {
            Script script = Script.load(manager, program, "nn");
            Map<String, PtNDArray> loaded = weights.load(manager);
            try (Arguments arguments = new Arguments()) {
                arguments.add(loaded);
                hyperparameters.addTo(arguments, manager);
                return new Network(placement, manager, script, script.call("build", arguments.toArray()));
            } finally {
                // What the network keeps it holds itself; what it has only read, e.g. to quantise it, is freed.
                loaded.values().forEach(PtNDArray::close);
            }
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    public Placement placement() {
        return placement;
    }

    /** A manager for the arrays of one call, on the network's device. The caller closes it. */
    public PtNDManager newScope() {
        return manager.newSubManager(placement.device());
    }

    /** Calls a method of the program with the network as its first argument. The caller closes the result. */
    public IValue call(String method, UnaryOperator<Arguments> arguments) {
        try (Arguments all = new Arguments()) {
            return script.call(method, arguments.apply(all.add(instance)).toArray());
        }
    }

    @Override
    public void close() {
        instance.close();
        script.close();
        manager.close();
    }
}

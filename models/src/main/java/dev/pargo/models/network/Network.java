package dev.pargo.models.network;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.NativeTensors;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Script;
import dev.pargo.models.weights.NativeUpdate;
import dev.pargo.models.weights.NativeWeights;
import dev.pargo.models.weights.ParameterSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * Checks the weights, compiles the program, loads the weights and builds the network; frees everything if one of these
     * fails.
     *
     * @throws dev.pargo.models.weights.CheckpointException if the weights do not fit the network
     */
    public static Network load(StoredNetwork<?> stored, Placement placement) {
        stored.check();
        NetworkConfig config = stored.config();
        PtNDManager manager = placement.newManager();
        try {
            Script script = Script.load(manager, config.program(), config.libraries());
            Map<String, PtNDArray> weights = weights(manager, stored, placement);
            try (Arguments arguments = new Arguments()) {
                arguments.add(weights);
                // The program holds the weights from here on. So it can free those that it does not keep, such as
                // weights that it quantises.
                weights.values().forEach(PtNDArray::close);
                config.addTo(arguments, manager, placement);
                return new Network(placement, manager, script, script.call("build", arguments.toArray()));
            }
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static Map<String, PtNDArray> weights(PtNDManager manager, StoredNetwork<?> stored, Placement placement) {
        List<ParameterSpec> parameters = stored.config().parameters();
        Map<String, PtNDArray> published = NativeWeights.load(
                        manager,
                        stored.checkpoint(),
                        parameters,
                        placement.precision().weights(),
                        stored.adapter())
                .arrays();
        Map<String, PtNDArray> byRole = new LinkedHashMap<>();
        parameters.forEach(parameter -> byRole.put(parameter.role(), published.get(parameter.name())));
        if (!stored.choices().isEmpty()) {
            addUpdates(byRole, manager, stored, placement);
        }
        return byRole;
    }

    /** Adds what linear.py needs for adapters that rows choose from. */
    private static void addUpdates(
            Map<String, PtNDArray> byRole, PtNDManager manager, StoredNetwork<?> stored, Placement placement) {
        int count = stored.choices().size();
        long dtype = placement.precision().dtype().torchCode();
        try (PtNDArray numbers = (PtNDArray) manager.create(new long[] {dtype, count})) {
            // A copy, because the array's own memory belongs to Java, and may be freed before the program has read it.
            byRole.put("updates", (PtNDArray) numbers.duplicate());
        }
        Map<String, String> layers = new HashMap<>();
        stored.config()
                .parameters()
                .forEach(parameter ->
                        layers.put(parameter.name(), parameter.role().replaceFirst("\\.weight$", "")));
        for (int i = 0; i < count; i++) {
            for (Map.Entry<String, NativeUpdate> update :
                    NativeWeights.updates(manager, stored.choices().get(i)).entrySet()) {
                String name = "%s.update.%d".formatted(layers.get(update.getKey()), i);
                byRole.put(name + ".a", update.getValue().a());
                byRole.put(name + ".b", update.getValue().b());
                byRole.put(name + ".scale", update.getValue().scale());
            }
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

    /**
     * Calls a method that takes tensors and whole numbers about them, and gives one tensor.
     *
     * @param tensors each float32, float16 or bfloat16
     * @return a tensor in the network's precision
     */
    public HostTensor run(String method, List<HostTensor> tensors, long... numbers) {
        try (PtNDManager scope = newScope()) {
            List<PtNDArray> inputs = tensors.stream()
                    .map(tensor -> NativeTensors.fromHost(scope, tensor))
                    .toList();
            try (IValue output =
                    call(method, arguments -> arguments.addAll(inputs).add(numbers))) {
                return NativeTensors.toHost(output.toTensor(scope), placement.precision());
            }
        }
    }

    @Override
    public void close() {
        instance.close();
        script.close();
        manager.close();
    }
}

package dev.pargo.models.network;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.NativeTensors;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.torch.Script;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A network with gradients: the same program that is served, run with autograd in float32. Parameters come in with each pass,
 * because the caller changes them between passes.
 *
 * <p>Thread-safe.
 */
public final class GradientNetwork implements AutoCloseable {

    /**
     * One forward and backward pass.
     *
     * @param output    what the method gave
     * @param gradients gradient of the loss with respect to each parameter, by its role; of the parameter's shape
     */
    public record Pass(HostTensor output, Map<String, HostTensor> gradients) {}

    private final NetworkConfig config;
    private final Placement placement;
    private final PtNDManager manager;
    private final Script network;
    private final Script gradient;

    /** Compiles the network's program. */
    public GradientNetwork(NetworkConfig config, Placement placement) {
        if (placement.precision() != Precision.FLOAT32) {
            throw new IllegalArgumentException("gradients are computed in float32, not in " + placement.precision());
        }
        this.config = config;
        this.placement = placement;
        this.manager = placement.newManager();
        try {
            this.network = Script.load(manager, config.program(), config.libraries());
            this.gradient = Script.load(manager, "gradient", List.of());
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Runs a method that takes tensors and whole numbers about them, and gives one tensor, forward and back.
     *
     * @param parameters float32, by role: exactly those of the config
     * @param loss       takes the method's output, and gives the gradient of the loss with respect to it, of the same shape
     */
    public Pass run(
            String method,
            Map<String, HostTensor> parameters,
            List<HostTensor> tensors,
            long[] numbers,
            UnaryOperator<HostTensor> loss) {
        try (PtNDManager scope = manager.newSubManager(placement.device())) {
            Map<String, PtNDArray> leaves = new LinkedHashMap<>();
            config.parameters()
                    .forEach(parameter ->
                            leaves.put(parameter.role(), leaf(scope, required(parameters, parameter.role()))));
            List<PtNDArray> inputs = tensors.stream()
                    .map(tensor -> NativeTensors.fromHost(scope, tensor))
                    .toList();
            try (Arguments building = new Arguments()) {
                building.add(leaves);
                config.addTo(building, scope, placement);
                try (IValue instance = network.callWithAutograd("build", building.toArray());
                        Arguments calling =
                                new Arguments().add(instance).addAll(inputs).add(numbers);
                        IValue result = network.callWithAutograd(method, calling.toArray())) {
                    return back(scope, result.toTensor(scope), leaves, loss);
                }
            }
        }
    }

    private static HostTensor required(Map<String, HostTensor> parameters, String role) {
        HostTensor value = parameters.get(role);
        if (value == null) {
            throw new IllegalArgumentException("parameter %s is missing".formatted(role));
        }
        return value;
    }

    private PtNDArray leaf(PtNDManager scope, HostTensor value) {
        try (PtNDArray array = NativeTensors.fromHost(scope, value);
                Arguments arguments = new Arguments().add(array);
                IValue leaf = gradient.callWithAutograd("leaf", arguments.toArray())) {
            return leaf.toTensor(scope);
        }
    }

    private Pass back(
            PtNDManager scope, PtNDArray output, Map<String, PtNDArray> leaves, UnaryOperator<HostTensor> loss) {
        HostTensor values = NativeTensors.toHost(output, Precision.FLOAT32);
        PtNDArray upstream = NativeTensors.fromHost(scope, loss.apply(values));
        try (Arguments arguments = new Arguments().add(output).add(upstream).addAll(new ArrayList<>(leaves.values()));
                IValue result = gradient.callWithAutograd("gradients", arguments.toArray())) {
            Map<String, HostTensor> gradients = new LinkedHashMap<>();
            int i = 0;
            PtNDArray[] found = result.toTensorArray(scope);
            for (String role : leaves.keySet()) {
                gradients.put(role, NativeTensors.toHost(found[i++], Precision.FLOAT32));
            }
            return new Pass(values, gradients);
        }
    }

    @Override
    public void close() {
        network.close();
        gradient.close();
        manager.close();
    }
}

package dev.pargo.models.weights;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's parameters in torch's memory.
 *
 * <p>On a CPU a tensor of the wanted type is a view of its mapped file: it costs no memory of its own, is shared
 * between processes, and is read from disk when first touched. A tensor is copied only if it must change: to another
 * type, by an adapter's update, to another device, or because torch cannot address its position in the file.
 *
 * @param arrays       parameters by name, in the order of the specs; they live on the manager that they were loaded on
 * @param mappedBytes  bytes of the tensors that are views of files
 * @param privateBytes bytes of the tensors that were copied
 */
public record NativeWeights(Map<String, PtNDArray> arrays, long mappedBytes, long privateBytes) {

    /** Whether loading a tensor into this type on a CPU copies it; otherwise it stays a view of its file. */
    public static boolean isCopied(StoredTensor tensor, DType dtype) {
        return !WeightProgram.isMappable(tensor) || tensor.dtype().isFloatingPoint() && tensor.dtype() != dtype;
    }

    /**
     * Loads the updates of an adapter in float32, without merging them.
     *
     * @param manager owns the arrays
     * @return by the name of the parameter
     */
    public static Map<String, NativeUpdate> updates(PtNDManager manager, LoraAdapter adapter) {
        Map<String, NativeUpdate> updates = new LinkedHashMap<>();
        Checkpoint tensors = adapter.tensors();
        List<ParameterSpec> matrices = tensors.tensors().values().stream()
                .map(tensor -> new ParameterSpec(tensor.name(), tensor.shape()))
                .toList();
        Map<String, PtNDArray> arrays =
                load(manager, tensors, matrices, DType.FLOAT32).arrays();
        adapter.deltas().forEach((parameter, delta) -> {
            PtNDArray a = arrays.get(delta.a().name());
            PtNDArray b = arrays.get(delta.b().name());
            try (PtNDArray scale = (PtNDArray) manager.create(new float[] {(float) delta.scale()})) {
                // A copy, because the array's own memory belongs to Java.
                updates.put(parameter, new NativeUpdate(a, b, (PtNDArray) scale.duplicate()));
            }
        });
        return updates;
    }

    /** Loads parameters without an adapter. */
    public static NativeWeights load(
            PtNDManager manager, Checkpoint checkpoint, List<ParameterSpec> parameters, DType dtype) {
        return load(manager, checkpoint, parameters, dtype, LoraAdapter.none());
    }

    /**
     * Loads parameters.
     *
     * @param manager    owns the arrays; they are placed on its device
     * @param checkpoint contains the parameters; its other tensors are not read
     * @param parameters what to load
     * @param dtype      a floating-point type for all floating-point tensors; others keep theirs
     * @param adapter    updates to merge in float32; every update needs its parameter. Whole parameters of the adapter
     *     must be in the checkpoint already, see {@link Checkpoint#overlaid}
     * @throws CheckpointException if a parameter is missing or misshaped, an update does not fit any parameter, or a
     *         file cannot be mapped
     */
    public static NativeWeights load(
            PtNDManager manager,
            Checkpoint checkpoint,
            List<ParameterSpec> parameters,
            DType dtype,
            LoraAdapter adapter) {
        checkpoint.require(parameters, unneeded -> true);
        adapter.requireTargets(parameters);
        try (WeightLoader loader = new WeightLoader(manager, dtype)) {
            for (ParameterSpec parameter : parameters) {
                String name = parameter.name();
                loader.load(checkpoint.get(name), adapter.deltas().get(name));
            }
            return loader.finish();
        }
    }
}

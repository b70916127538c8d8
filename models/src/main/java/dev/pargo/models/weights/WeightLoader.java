package dev.pargo.models.weights;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.tensor.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads tensors one by one to a device, in a type. If it is closed before the end, all tensors are freed. */
final class WeightLoader implements AutoCloseable {

    private final PtNDManager owner;
    private final DType target;
    private final boolean onCpu;
    private final PtNDManager scratch;
    private final WeightProgram program;
    private final Map<String, PtNDArray> arrays = new LinkedHashMap<>();
    private long mappedBytes;
    private long privateBytes;

    WeightLoader(PtNDManager owner, DType target) {
        this.owner = owner;
        this.target = target;
        this.onCpu = owner.getDevice().getDeviceType().equals(Device.Type.CPU);
        this.scratch = owner.newSubManager(owner.getDevice());
        this.program = new WeightProgram(scratch);
    }

    void load(StoredTensor tensor, LoraAdapter.@Nullable Delta delta) {
        PtNDArray array = place(tensor);
        DType dtype = tensor.dtype();
        boolean mapped = WeightProgram.isMappable(tensor) && onCpu;
        if (delta != null) {
            try (PtNDArray weight = array) {
                array = merge(weight, delta);
            }
            dtype = DType.FLOAT32;
            mapped = false;
        }
        if (dtype.isFloatingPoint() && dtype != target) {
            try (PtNDArray before = array) {
                array = program.cast(before, target);
            }
            dtype = target;
            mapped = false;
        }
        arrays.put(tensor.name(), array);
        if (mapped) {
            mappedBytes += tensor.bytes();
        } else {
            privateBytes += tensor.elements() * dtype.bytes();
        }
    }

    private PtNDArray merge(PtNDArray weight, LoraAdapter.Delta delta) {
        try (PtNDArray a = place(delta.a());
                PtNDArray b = place(delta.b());
                PtNDArray magnitude = delta.magnitude() == null ? null : place(delta.magnitude())) {
            return program.merge(weight, a, b, magnitude, delta.scale(), delta.initialisation());
        }
    }

    /** The tensor as it is stored, on the device. */
    private PtNDArray place(StoredTensor tensor) {
        PtNDArray host = WeightProgram.isMappable(tensor) ? program.view(tensor) : program.read(tensor);
        if (onCpu) {
            return host;
        }
        try (host) {
            return program.place(host);
        }
    }

    /** Hands all arrays over to the owner. */
    NativeWeights finish() {
        arrays.values().forEach(array -> array.attach(owner));
        return new NativeWeights(Collections.unmodifiableMap(arrays), mappedBytes, privateBytes);
    }

    @Override
    public void close() {
        program.close();
        scratch.close();
    }
}

package dev.pargo.models.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds the arguments of one {@link Script} call and closes them all. Not thread-safe. */
public final class Arguments implements AutoCloseable {

    private final List<IValue> values = new ArrayList<>();
    private final List<IValue> owned = new ArrayList<>();

    /** Adds a value that outlives the call, such as a network; it is not closed here. */
    public Arguments add(IValue shared) {
        values.add(shared);
        return this;
    }

    public Arguments add(long value) {
        return own(IValue.from(value));
    }

    public Arguments add(double value) {
        return own(IValue.from(value));
    }

    public Arguments add(boolean value) {
        return own(IValue.from(value));
    }

    public Arguments add(PtNDArray tensor) {
        return own(IValue.from(tensor));
    }

    public Arguments add(long[] list) {
        return own(IValue.listFrom(list));
    }

    public Arguments add(double[] list) {
        return own(IValue.listFrom(list));
    }

    public Arguments add(Map<String, PtNDArray> tensors) {
        return own(IValue.stringMapFrom(tensors));
    }

    public Arguments addAll(List<PtNDArray> tensors) {
        return own(IValue.listFrom(tensors.toArray(PtNDArray[]::new)));
    }

    /** The arguments in the order in which they were added. */
    public IValue[] toArray() {
        return values.toArray(IValue[]::new);
    }

    private Arguments own(IValue value) {
        values.add(value);
        owned.add(value);
        return this;
    }

    @Override
    public void close() {
        owned.forEach(IValue::close);
    }
}

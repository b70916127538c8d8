package dev.pargo.models.torch;

import dev.pargo.models.tensor.DType;

/** Arithmetic of a network. */
public enum Precision {
    FLOAT32(DType.FLOAT32),
    BFLOAT16(DType.BFLOAT16);

    private final DType dtype;

    Precision(DType dtype) {
        this.dtype = dtype;
    }

    /** Type of weights and activations. */
    public DType dtype() {
        return dtype;
    }

    /** The name in configuration and on the wire, e.g. {@code bfloat16}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}

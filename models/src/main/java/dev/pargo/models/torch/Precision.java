package dev.pargo.models.torch;

import dev.pargo.models.tensor.DType;
import java.util.Arrays;
import java.util.Locale;

/** Arithmetic of a network. */
public enum Precision {
    FLOAT32(DType.FLOAT32, DType.FLOAT32),
    BFLOAT16(DType.BFLOAT16, DType.BFLOAT16),
    FLOAT16(DType.FLOAT16, DType.FLOAT16),
    /**
     * Decoders and vision towers: linear layers with 8-bit weights and one scale for each output row, quantised when they
     * are loaded; activations are float32 and quantised at the input of a layer.
     */
    INT8(DType.BFLOAT16, DType.FLOAT32),
    /**
     * Decoders only: linear layers with 4-bit weights, a scale and a minimum for each run of 32 inputs; everything
     * else, including the output layer, in bfloat16. For models that are too large otherwise; {@link #INT8} is faster.
     */
    INT4(DType.BFLOAT16, DType.BFLOAT16);

    private final DType weights;
    private final DType dtype;

    Precision(DType weights, DType dtype) {
        this.weights = weights;
        this.dtype = dtype;
    }

    /**
     * The precision of a label, in lower or upper case.
     *
     * @throws PlacementException naming the known ones
     */
    public static Precision named(String label) {
        return Arrays.stream(values())
                .filter(precision -> precision.label().equalsIgnoreCase(label))
                .findFirst()
                .orElseThrow(() -> new PlacementException(
                        "unknown precision '%s': use float32, bfloat16, float16, int8, int4 or auto".formatted(label)));
    }

    /** Type in which weights are loaded. */
    public DType weights() {
        return weights;
    }

    /** Type of activations, and so of a network's output. */
    public DType dtype() {
        return dtype;
    }

    /** Whether linear layers have integer weights. */
    public boolean isQuantized() {
        return this == INT8 || this == INT4;
    }

    /** The name in configuration and on the wire, e.g. {@code bfloat16}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
